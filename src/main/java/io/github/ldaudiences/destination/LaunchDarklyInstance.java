package io.github.ldaudiences.destination;

import java.util.Locale;

/** LaunchDarkly: its installations, each with hosts of its own. */
public enum LaunchDarklyInstance {
    /** The one that most accounts are in. */
    US("https://app.launchdarkly.com", "https://clientsdk.launchdarkly.com"),
    /** The European Union. */
    EU("https://app.eu.launchdarkly.com", "https://clientsdk.eu.launchdarkly.com"),
    /** Federal agencies of the United States. */
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

    /** @return whether it has synced segments, as LaunchDarkly's pages about its partners say */
    public boolean hasSyncedSegments() {
        return this == US;
    }

    /** @return its name in the configuration */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
