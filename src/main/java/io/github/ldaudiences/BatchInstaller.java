package io.github.ldaudiences;

import io.github.ldaudiences.batch.AddToOpenBatches;
import io.github.ldaudiences.batch.AudienceLanes;
import io.github.ldaudiences.batch.AudienceOfChanges;
import io.github.ldaudiences.batch.BatchByAudience;
import io.github.ldaudiences.batch.BatchLimits;
import io.github.ldaudiences.batch.ChangesByAudience;
import io.github.ldaudiences.batch.EarlierStates;
import io.github.ldaudiences.batch.NewestStates;
import io.github.ldaudiences.batch.RecallStates;
import io.github.ldaudiences.batch.SettleRepeats;
import io.github.ldaudiences.batch.StatesUnavailableException;
import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.mapping.EventTime;
import io.github.ldaudiences.mapping.MembershipChange;
import io.github.ldaudiences.problem.Problem;
import io.github.ldaudiences.store.MembershipStore;
import java.util.List;
import org.apache.camel.processor.aggregate.DefaultAggregateController;

/** Sets up the batches: the lanes of the audiences, and the newest known state of each person. */
final class BatchInstaller {

    private final Installation installation;
    private final MembershipStore store; // null if states are only in memory
    private final BatchLimits limits;
    private final DefaultAggregateController openBatches = new DefaultAggregateController();
    private final AudienceLanes lanes;
    private final NewestStates newestStates;
    private final RecallStates recallStates;
    private final SettleRepeats settleRepeats;
    private final BatchByAudience batchByAudience;

    /** @param store null if states are only in memory */
    BatchInstaller(Installation installation, MembershipStore store) {
        this.installation = installation;
        this.store = store;
        Settings settings = installation.settings();
        limits = BatchLimits.of(
                installation.intValue(Catalogue.BATCH_MAX_MEMBERS), settings.get(Catalogue.BATCH_MAX_BYTES));
        lanes = new AudienceLanes(
                limits,
                installation.millis(Catalogue.BATCH_MIN_WAIT_MS),
                installation.timer(this, "OpenBatches", 1),
                openBatches::forceCompletionOfGroup);
        EarlierStates earlier = store == null ? EarlierStates.NONE : store;
        newestStates = new NewestStates(
                installation.intValue(Catalogue.EVENT_TIME_MAX_REMEMBERED),
                EventTime.latest(store == null ? System.currentTimeMillis() : store.completeSince()),
                earlier);
        recallStates = new RecallStates(newestStates, earlier);
        settleRepeats = new SettleRepeats(
                lanes,
                newestStates,
                settings.get(Catalogue.BATCH_SKIP_REPEATS),
                settings.get(Catalogue.BATCH_SKIP_UNCHANGED));
        batchByAudience = new BatchByAudience(lanes, newestStates, limits);
    }

    static void check(Rules rules) {
        rules.atMost(
                Catalogue.BATCH_MIN_WAIT_MS,
                Catalogue.BATCH_MAX_WAIT_MS,
                "batches would be sent before they have waited that long");
    }

    void bindBeans() {
        installation.bind("openBatches", openBatches);
        installation.bind("recallStates", recallStates);
        installation.bind("settleRepeats", settleRepeats);
        installation.bind("addToOpenBatches", new AddToOpenBatches(lanes, newestStates, limits));
        installation.bind("changesByAudience", new ChangesByAudience());
        installation.bind("audienceOfChanges", new AudienceOfChanges());
        installation.bind("batchByAudience", batchByAudience);
        installation.bind("audienceLanes", lanes);
        installation.threadPool("batches", 2);
    }

    AudienceLanes lanes() {
        return lanes;
    }

    NewestStates newestStates() {
        return newestStates;
    }

    RecallStates recallStates() {
        return recallStates;
    }

    SettleRepeats settleRepeats() {
        return settleRepeats;
    }

    BatchByAudience batchByAudience() {
        return batchByAudience;
    }

    void completeOpenBatches() {
        openBatches.forceCompletionOfAllGroups();
    }

    /** Partitions are reassigned: other processes must find what this one has delivered for the people in them. */
    void othersMaySend() {
        newestStates.othersMaySend();
        if (store != null) {
            store.flush();
        }
    }

    /** @return why a change of a dead letter must not be sent again, or null */
    Problem replayProblem(MembershipChange replayed) {
        try {
            recallStates.recall(List.of(replayed));
        } catch (StatesUnavailableException e) {
            return null; // the batch route leaves it to its source
        }
        return newestStates.replayProblem(replayed);
    }
}
