package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Inbound;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.event.EventCounts;
import io.github.ldaudiences.inbound.file.AwaitChunks;
import io.github.ldaudiences.inbound.file.FileChunkReceipt;
import io.github.ldaudiences.inbound.file.FileChunks;
import io.github.ldaudiences.inbound.file.FileInbound;
import java.util.concurrent.ScheduledExecutorService;

/** Sets up the inbound for files of events. */
final class FileInstaller {

    private final Installation installation;

    FileInstaller(Installation installation) {
        this.installation = installation;
        installation
                .context()
                .getPropertiesComponent()
                .addInitialProperty(
                        "audiences.inbound.file.endpoint",
                        FileInbound.endpoint(installation.settings().get(Catalogue.FILE_URI)));
    }

    static boolean isOn(Settings settings) {
        return settings.get(Catalogue.INBOUND).contains(Inbound.FILE);
    }

    static void check(Rules rules) {
        Settings settings = rules.settings();
        if (!isOn(settings)) {
            return;
        }
        rules.less(
                Catalogue.BATCH_MAX_WAIT_MS,
                Catalogue.FILE_DELIVERY_TIMEOUT_MS,
                "lines would be read again before they are even sent");
        if (settings.get(Catalogue.FILE_URI).contains("moveFailed=")) {
            rules.refuse(
                    Catalogue.FILE_URI,
                    "an endpoint without moveFailed, which would move away a file that is interrupted by a stop");
        }
    }

    void bindBeans(EventInstaller events, EventCounts counts) {
        if (!isOn(installation.settings())) {
            return;
        }
        ScheduledExecutorService executor = installation
                .context()
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "InboundFile");
        installation.bind("fileChunks", new FileChunks(installation.intValue(Catalogue.FILE_MAX_LINE_BYTES)));
        installation.bind("awaitRoomForChunk", AwaitChunks.room(executor, events.backlog()));
        installation.bind(
                "openFileChunkReceipt",
                new FileChunkReceipt(
                        events.reader(),
                        events.receipts(installation.millis(Catalogue.FILE_DELIVERY_TIMEOUT_MS), counts::settled)));
        installation.bind("awaitAllChunks", AwaitChunks.all(executor));
    }
}
