package io.github.ldaudiences.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ldaudiences.fixture.BundleProcess;
import io.github.ldaudiences.fixture.Folders;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that cannot do its work ends, and says why. */
@Tag("packaged")
@Tag("config")
class RefusedStartPackagedTest {

    @Test
    void aStartInAnotherFolderEndsWithExitCode2AndWhatWasLookedForThere() throws IOException {
        try (BundleProcess process = BundleProcess.in("in-another-folder").shortLived()) {
            Files.delete(process.folder().resolve("application.properties"));
            assertThat(process.start().awaitExit()).isEqualTo(2);
            assertThat(Files.readString(process.output()))
                    .contains("No properties of the bundle were found: file:application.properties")
                    .contains("in the folder " + process.folder().toAbsolutePath() + ".")
                    .contains("Start the bundle in the folder that holds application.properties and routes/");
        }
    }

    @Test
    void aStartWithoutRoutesEndsWithExitCode2AndWhereTheyWereLookedFor() throws IOException {
        try (BundleProcess process = BundleProcess.in("without-routes").shortLived()) {
            Folders.delete(process.folder().resolve("routes"));
            assertThat(process.start().awaitExit()).isEqualTo(2);
            assertThat(Files.readString(process.output()))
                    .contains("No routes were found: file:routes/*.camel.yaml, in the folder "
                            + process.folder().toAbsolutePath() + ".");
        }
    }

    @Test
    void anUnknownVariableEndsTheStartWithExitCode2() throws IOException {
        try (BundleProcess process =
                BundleProcess.in("unknown-variable").shortLived().environment("AUDIENCES_BATCH_MAX_MEMBRES", "4711")) {
            assertThat(process.start().awaitExit()).isEqualTo(2);
            assertThat(Files.readString(process.output()))
                    .contains("AUDIENCES_BATCH_MAX_MEMBRES is not a property of this bundle."
                            + " Did you mean AUDIENCES_BATCH_MAX_MEMBERS?")
                    .doesNotContain("4711");
        }
    }
}
