package io.github.ldaudiences.karaf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the features file for Apache Karaf from the dependencies of the build, so that both have the same libraries in
 * the same versions. A library that is a bundle is taken as it is; others are made bundles when Karaf installs them.
 */
public final class KarafFeatures {

    /** A line of {@code dependency:list} with the file's name. */
    private static final Pattern LINE =
            Pattern.compile("\\s*([^:\\s]+):([^:]+):jar:([^:]+):(?:compile|runtime|provided):(.*?\\.jar).*");

    /** What has no place in Karaf, as group:artifact. */
    private static final Pattern NOT_IN_KARAF = Pattern.compile(String.join(
            "|",
            // Camel Main, its management port and the command line
            "info\\.picocli:.*",
            "org\\.apache\\.camel:camel-(main|platform-http.*|vertx-common|micrometer.*)",
            "io\\.vertx:.*",
            "io\\.prometheus:.*",
            "io\\.micrometer:micrometer-registry-prometheus",
            "org\\.(hdrhistogram|latencyutils):.*",
            // Traces need the libraries of whoever runs the container.
            "io\\.opentelemetry:.*",
            // Karaf has its own logging.
            "org\\.slf4j:.*",
            "org\\.apache\\.logging\\.log4j:.*",
            // JAXB looks for itself in ways of its own; Camel shows routes as XML without it.
            "org\\.apache\\.camel:camel-xml-jaxb",
            "org\\.glassfish\\.jaxb:.*",
            "org\\.eclipse\\.angus:.*",
            "com\\.sun\\.istack:.*",
            // Karaf is OSGi.
            "org\\.osgi:.*"));

    /** Camel's registration of what it finds in bundles; its own manifest asks for the Camel that it was built with. */
    private static final String CAMEL_OSGI =
            "&Bundle-Activator=org.apache.camel.karaf.core.Activator&Provide-Capability="
                    + "osgi.extender;osgi.extender=\"org.apache.camel\";version:Version=\"%s\"";

    private record Library(String group, String artifact, String version, Path file) {

        private String url() {
            return "mvn:" + group + "/" + artifact + "/" + version;
        }

        private boolean isBundle() throws IOException {
            try (JarFile jar = new JarFile(file.toFile())) {
                return jar.getManifest() != null
                        && jar.getManifest().getMainAttributes().getValue("Bundle-SymbolicName") != null;
            }
        }
    }

    private final List<Library> libraries;
    private final String camelVersion;

    private KarafFeatures(List<Library> libraries) {
        this.libraries = libraries;
        this.camelVersion = libraries.stream()
                .filter(library -> library.artifact().equals("camel-api"))
                .map(Library::version)
                .findFirst()
                .orElseThrow();
    }

    /**
     * @param args group/artifact/version of the bundle, the output of {@code dependency:list}, the file to write
     * @throws IOException if a file cannot be read or written
     */
    public static void main(String[] args) throws IOException {
        List<Library> libraries = Files.readAllLines(Path.of(args[1])).stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Library(line.group(1), line.group(2), line.group(3), Path.of(line.group(4))))
                .filter(library -> !NOT_IN_KARAF
                        .matcher(library.group() + ":" + library.artifact())
                        .matches())
                .toList();
        Files.writeString(Path.of(args[2]), new KarafFeatures(libraries).features(args[0]));
    }

    private String features(String bundle) throws IOException {
        StringBuilder bundles = new StringBuilder();
        for (Library library : libraries) {
            bundles.append(bundle(library)).append('\n');
        }
        String version = bundle.substring(bundle.lastIndexOf('/') + 1);
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <features name="launchdarkly-audiences-%1$s" xmlns="http://karaf.apache.org/xmlns/features/v1.6.0">
                    <feature name="launchdarkly-audiences" version="%1$s" description="LaunchDarkly Audiences for Apache Camel">
                        <feature prerequisite="true">wrap</feature>
                        <configfile finalname="/etc/io.github.ldaudiences.cfg">mvn:%2$s/cfg/karaf</configfile>
                %3$s        <bundle start-level="90">mvn:%2$s</bundle>
                    </feature>
                </features>
                """.formatted(version, bundle, bundles);
    }

    private String bundle(Library library) throws IOException {
        String url = library.url();
        if (library.group().startsWith("org.apache.camel")) {
            url = wrapped(library, "org.apache.camel*", camelVersion, camelImports());
            if (library.artifact().equals("camel-core-osgi")) {
                url += CAMEL_OSGI.formatted(minor(camelVersion));
            }
        } else if (!library.isBundle() || library.artifact().equals("micrometer-core")) {
            // Micrometer asks for a package of the JDK that the framework gives to all, but does not export.
            url = wrapped(library, "*", library.version(), "*;resolution:=optional");
        }
        return "        <bundle>%s</bundle>".formatted(url.replace("&", "&amp;"));
    }

    private String camelImports() {
        return "org.apache.camel*;version=\"[%1$s,%1$s]\",*;resolution:=optional".formatted(numbers(camelVersion));
    }

    private static String wrapped(Library library, String exports, String packageVersion, String imports) {
        return "wrap:" + library.url() + "$overwrite=full"
                + "&Bundle-SymbolicName=" + library.artifact()
                + "&Bundle-Version=" + numbers(library.version())
                + "&Export-Package=" + exports + ";version=" + numbers(packageVersion)
                + "&Import-Package=" + imports;
    }

    /** A version as OSGi wants it: of 4.18.0.Final the numbers. */
    private static String numbers(String version) {
        Matcher numbers = Pattern.compile("\\d+(\\.\\d+){0,2}").matcher(version);
        return numbers.lookingAt() ? numbers.group() : "0";
    }

    private static String minor(String version) {
        return List.of(version.split("\\.")).stream().limit(2).collect(Collectors.joining("."));
    }
}
