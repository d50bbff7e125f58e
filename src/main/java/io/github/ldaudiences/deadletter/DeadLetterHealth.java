package io.github.ldaudiences.deadletter;

import io.github.ldaudiences.health.ProblemHealth;

/**
 * Is DOWN, with what to do, while dead letters cannot be written. It affects neither readiness nor liveness: good
 * events are still delivered, the sources of bad ones get a clear answer, and a restart would not help.
 */
public final class DeadLetterHealth extends ProblemHealth {

    private final DeadLetters deadLetters;
    private final DeadLetterFile file;

    /**
     * @param deadLetters knows whether the last letters were written
     * @param file knows whether there is room for more
     */
    public DeadLetterHealth(DeadLetters deadLetters, DeadLetterFile file) {
        super("dead-letter-store");
        this.deadLetters = deadLetters;
        this.file = file;
    }

    @Override
    protected String problem() {
        String full = file.full();
        return full != null ? full : deadLetters.problem();
    }
}
