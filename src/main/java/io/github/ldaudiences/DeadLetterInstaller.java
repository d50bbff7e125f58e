package io.github.ldaudiences;

import io.github.ldaudiences.config.Catalogue;
import io.github.ldaudiences.config.Settings;
import io.github.ldaudiences.deadletter.DeadLetterEndpoint;
import io.github.ldaudiences.deadletter.DeadLetterFile;
import io.github.ldaudiences.deadletter.DeadLetterHealth;
import io.github.ldaudiences.deadletter.DeadLetters;
import io.github.ldaudiences.deadletter.ForceToDisk;
import io.github.ldaudiences.deadletter.HoldRejected;
import io.github.ldaudiences.deadletter.KeyHash;
import io.github.ldaudiences.deadletter.OldDeadLetters;
import io.github.ldaudiences.deadletter.PersonalData;
import io.github.ldaudiences.deadletter.RejectedTogether;
import io.github.ldaudiences.deadletter.WorthWritingAgain;
import io.github.ldaudiences.mapping.EventPath;
import io.github.ldaudiences.mapping.Mapping;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.processor.aggregate.DefaultAggregateController;

/** Sets up the dead letter: where it is written, and which personal data it shows. */
final class DeadLetterInstaller {

    /** If the salt were shorter, an attacker who has the hashes could try every salt. */
    private static final int MIN_SALT_LENGTH = 16;

    private final Installation installation;
    private final PersonalData personalData;
    private final DeadLetters letters;
    private final DeadLetterFile file;

    DeadLetterInstaller(Installation installation, List<Mapping> mappings) {
        this.installation = installation;
        Settings settings = installation.settings();
        String uri = DeadLetterEndpoint.of(settings.get(Catalogue.DEAD_LETTER_URI));
        installation.context().getPropertiesComponent().addInitialProperty("audiences.dead-letter.endpoint", uri);
        personalData = personalData(settings, mappings);
        letters = new DeadLetters(DeadLetterEndpoint.isFile(uri), personalData);
        file = new DeadLetterFile(
                installation.context(),
                uri,
                settings.get(Catalogue.DEAD_LETTER_MAX_FILE_BYTES),
                settings.get(Catalogue.DEAD_LETTER_MAX_BYTES));
    }

    static void check(Rules rules) {
        Settings settings = rules.settings();
        if (settings.get(Catalogue.DEAD_LETTER_MAX_AGE_DAYS) > 0
                && !DeadLetterEndpoint.isFolder(settings.get(Catalogue.DEAD_LETTER_URI))) {
            rules.refuse(
                    Catalogue.DEAD_LETTER_MAX_AGE_DAYS,
                    "0 with " + Catalogue.DEAD_LETTER_URI.key()
                            + ", because only files of a folder without a fileName can be"
                            + " deleted by age");
        }
        int saltLength =
                settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT).reveal().length();
        if (settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEYS).equals("hash") && saltLength < MIN_SALT_LENGTH) {
            rules.refuse(
                    Catalogue.DEAD_LETTER_CONTEXT_KEYS,
                    "plain, or hash with " + Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT.key() + " of at least "
                            + MIN_SALT_LENGTH + " characters");
        }
    }

    private static PersonalData personalData(Settings settings, List<Mapping> mappings) {
        KeyHash hash = settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEYS).equals("hash")
                ? new KeyHash(settings.get(Catalogue.DEAD_LETTER_CONTEXT_KEY_SALT))
                : null;
        Set<EventPath> contextKeys = new LinkedHashSet<>(EventPath.parseList("$.userId, $.anonymousId"));
        mappings.forEach(mapping -> contextKeys.addAll(mapping.person().contextKeyPlaces()));
        return new PersonalData(settings.get(Catalogue.DEAD_LETTER_REDACT), List.copyOf(contextKeys), hash);
    }

    PersonalData personalData() {
        return personalData;
    }

    DeadLetters letters() {
        return letters;
    }

    DeadLetterFile file() {
        return file;
    }

    void bindBeans() {
        DefaultAggregateController heldRejections = new DefaultAggregateController();
        installation.bind("heldRejections", heldRejections);
        installation.bind("holdRejected", new HoldRejected(heldRejections));
        installation.bind("receiptOfRejected", new HoldRejected.Group());
        installation.bind("rejectedTogether", new RejectedTogether());
        installation.bind("deadLetters", letters);
        installation.bind("deadLetterFile", file);
        installation.bind("worthWritingAgain", new WorthWritingAgain(letters));
        installation.bind("forceToDisk", new ForceToDisk());
        // One thread, so that lists are written one at a time: a file is inspected before it is appended to.
        installation.threadPool("deadletters", 1);
        installation.healthChecks(List.of(new DeadLetterHealth(letters, file)));
        deleteOld();
    }

    private void deleteOld() {
        int maxAgeDays = installation.intValue(Catalogue.DEAD_LETTER_MAX_AGE_DAYS);
        if (maxAgeDays > 0) {
            try {
                installation.context().addStartupListener(new OldDeadLetters(file, maxAgeDays));
            } catch (Exception e) {
                throw new IllegalStateException(e); // only a listener that is called immediately can fail
            }
        }
    }
}
