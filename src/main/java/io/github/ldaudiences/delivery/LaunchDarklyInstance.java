package io.github.ldaudiences.delivery;

import java.util.Locale;

/** LaunchDarkly's instances, each with its own hosts. */
public enum LaunchDarklyInstance {
    /** The instance that most accounts use. */
    US("https://app.launchdarkly.com", "https://clientsdk.launchdarkly.com"),
    /** The instance for the European Union. */
    EU("https://app.eu.launchdarkly.com", "https://clientsdk.eu.launchdarkly.com"),
    /** The instance for federal agencies of the United States. */
    FEDERAL("https://app.launchdarkly.us", "https://clientsdk.launchdarkly.us");

    private final String apiUrl;
    private final String sdkUrl;

    LaunchDarklyInstance(String apiUrl, String sdkUrl) {
        this.apiUrl = apiUrl;
        this.sdkUrl = sdkUrl;
    }

    /** @return scheme and host of the REST API */
    public String apiUrl() {
        return apiUrl;
    }

    /** @return scheme and host that client-side SDKs use */
    public String sdkUrl() {
        return sdkUrl;
    }

    /** @return whether it has synced segments, according to LaunchDarkly's pages about its partners */
    public boolean hasSyncedSegments() {
        return this == US;
    }

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
