package io.github.ldaudiences.deadletter;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files of dead letters that have reached the maximum age: when the context has started, and every hour. */
public final class OldDeadLetters implements StartupListener {

    private static final Logger LOG = LoggerFactory.getLogger(OldDeadLetters.class);

    private final DeadLetterFile file;
    private final int maxAgeDays;

    /**
     * @param file a folder whose files are the bundle's own
     * @param maxAgeDays how many days a file is kept after its day, at least 1
     */
    public OldDeadLetters(DeadLetterFile file, int maxAgeDays) {
        this.file = file;
        this.maxAgeDays = maxAgeDays;
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        context.getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(this, "OldDeadLetters")
                .scheduleWithFixedDelay(this::delete, 0, 1, TimeUnit.HOURS);
    }

    private void delete() {
        try {
            List<String> deleted = file.deleteOld(maxAgeDays);
            if (!deleted.isEmpty()) {
                LOG.info("Deleted the dead letters older than {} day(s): {}", maxAgeDays, String.join(", ", deleted));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Old dead letters could not be deleted; the next attempt is in an hour: {}", e.toString());
        }
    }
}
