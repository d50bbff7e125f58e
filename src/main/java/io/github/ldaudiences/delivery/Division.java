package io.github.ldaudiences.delivery;

import io.github.ldaudiences.batch.Batch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Divides a batch that LaunchDarkly rejects. The parts are made one after another, because the outcome of one decides
 * about the next. Of a large batch, a few members from all over it are first tried alone. If each of them is rejected
 * for the same reason, all others are rejected as well. Otherwise the rest is halved.
 */
public final class Division {

    /** If nine of ten members are good, the probability that all probes are bad is one in a hundred million. */
    private static final int PROBES = 8;

    /** In smaller batches, halving costs hardly more than probing. */
    private static final int MIN_PROBED = 4 * PROBES;

    private final Batch whole;
    private final DeliveryFailure failure;
    private final List<Batch> probes = new ArrayList<>();
    private boolean probing;
    private DeliveryFailure common;
    private int refused;

    /**
     * @param whole the rejected batch, with two members or more
     * @param failure why
     * @param first false for a part of a batch that has been probed already
     */
    Division(Batch whole, DeliveryFailure failure, boolean first) {
        this.whole = whole;
        this.failure = failure;
        // A batch that is too large says nothing about its members.
        this.probing = first && failure.status() != 413 && whole.size() >= MIN_PROBED;
    }

    /**
     * Records the outcome of a part.
     *
     * @param part the part
     * @param partFailure why LaunchDarkly rejected it, or null if it was delivered or has failed for another reason
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

    /** Makes reasons comparable: they may name the member that they are about, and each answer has its own id. */
    private static DeliveryFailure nameless(DeliveryFailure failure, Batch part) {
        String contextKey = part.members().iterator().next().newest().contextKey();
        return new DeliveryFailure(
                failure.kind(), failure.status(), failure.reason().replace(contextKey, "…"), null, null);
    }

    /** @return why all remaining members are rejected without a request; null if they are not */
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

    /** @return the parts, to be delivered in order; each is made when it is requested */
    public Iterator<Batch> getParts() {
        return new Iterator<>() {
            private Batch rest;
            private boolean halved;

            @Override
            public boolean hasNext() {
                // While probing there is always more: a probed batch has far more members than there are probes.
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
