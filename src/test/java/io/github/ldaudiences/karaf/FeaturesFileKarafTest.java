package io.github.ldaudiences.karaf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The features file in {@code deploy/karaf/}, for whoever does not build, is the one that the build makes. */
@Tag("karaf")
@Tag("deploy")
class FeaturesFileKarafTest {

    @Test
    void theFeaturesFileHasTheLibrariesOfTheBuild() throws IOException {
        Path file = Path.of("deploy/karaf/features.xml");
        String made = Files.readString(KarafProcess.only(Path.of("target/karaf"), ".*-features\\.xml"));
        if (Boolean.getBoolean("update-features")) {
            Files.writeString(file, made);
        }
        assertThat(file)
                .as("run mvn verify -Pkaraf -Dtest=FeaturesFileKarafTest -Dupdate-features=true")
                .hasContent(made);
    }
}
