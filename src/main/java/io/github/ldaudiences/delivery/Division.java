package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Takes a batch apart that LaunchDarkly refuses. The parts are made one after another, for what becomes of one decides
 * about the next: a few members are tried alone first, from all over a large batch, and if each of them is refused for
 * the same reason, so are all others. If not, the rest is halved.
 */
public final class Division {

    /** Of a batch in which nine of ten members are good, a hundred millionth looks as if none was. */
    private static final int PROBES = 8;

    /** In a smaller batch, halving costs hardly more than asking. */
    private static final int MIN_PROBED = 4 * PROBES;

    private final Batch whole;
    private final DeliveryFailure failure;
    private final List<Batch> probes = new ArrayList<>();
    private boolean probing;
    private DeliveryFailure common;
    private int refused;

    /**
     * @param whole what was refused, of two members or more
     * @param failure why
     * @param first false for a part of a batch that has been asked about already
     */
    Division(Batch whole, DeliveryFailure failure, boolean first) {
        this.whole = whole;
        this.failure = failure;
        // A batch that is too large says nothing about its members.
        this.probing = first && failure.status() != 413 && whole.size() >= MIN_PROBED;
    }

    /**
     * One of the parts has come to an end.
     *
     * @param part the part
     * @param partFailure why LaunchDarkly refused it, or null if it is delivered, or has failed otherwise
     */
    void ended(Batch part, DeliveryFailure partFailure) {
        if (!probing) {
            return;
        }
        DeliveryFailure nameless = partFailure == null ? null : nameless(partFailure, part);
        if (nameless == null || (common != null && !common.equals(nameless))) {
            probing = false;
            return;
        }
        common = nameless;
        refused++;
    }

    /** A reason may name the member that it is about, and an answer has an id of its own. */
    private static DeliveryFailure nameless(DeliveryFailure failure, Batch part) {
        String contextKey = part.members().iterator().next().newest().contextKey();
        return new DeliveryFailure(
                failure.kind(), failure.status(), failure.reason().replace(contextKey, "…"), null, null);
    }

    /** @return why all members that are left are refused without a request; null if they are not */
    DeliveryFailure refusedAlike() {
        return refused < PROBES
                ? null
                : new DeliveryFailure(
                        failure.kind(),
                        failure.status(),
                        "Refused like " + PROBES + " others of its batch that were tried alone: " + failure.reason(),
                        failure.said(),
                        failure.supportId());
    }

    /** @return the parts, to be delivered in order; each is made when it is asked for */
    public Iterator<Batch> getParts() {
        return new Iterator<>() {
            private Batch rest;
            private boolean halved;

            @Override
            public boolean hasNext() {
                // While it is probed there is always more: far more members than probes.
                return rest == null || rest.size() > 0;
            }

            @Override
            public Batch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                if (probing && probes.size() < PROBES) {
                    int at = (int) ((long) probes.size() * (whole.size() - 1) / (PROBES - 1));
                    probes.add(whole.part(at, at + 1));
                    return probes.get(probes.size() - 1);
                }
                if (rest == null) {
                    rest = whole.without(probes);
                }
                int end = halved || refusedAlike() != null ? rest.size() : rest.size() / 2;
                Batch part = rest.part(0, end);
                rest = rest.part(end, rest.size());
                halved = true;
                return part;
            }
        };
    }
}
