package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.Attempts;
import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Membership changes of one audience and destination, on their way in one request. Each person is in it once. Filled
 * under the lock of the aggregator; after it has been completed only its attempts are counted.
 */
public final class Batch {

    private final Audience audience;
    private final Map<String, Member> members;
    private final AudienceLanes.Place place;
    private long bytes;
    private boolean batching = true;
    private Attempts attempts = Attempts.NONE;

    /**
     * @param audience the audience that all changes are about
     * @param place its place in the line of that audience
     */
    Batch(Audience audience, AudienceLanes.Place place) {
        this(audience, place, new LinkedHashMap<>());
    }

    private Batch(Audience audience, AudienceLanes.Place place, Map<String, Member> members) {
        this.audience = audience;
        this.place = place;
        this.members = members;
    }

    void add(MembershipChange change) {
        Member known = members.get(change.contextKey());
        if (known == null) {
            members.put(change.contextKey(), new Member(change));
            bytes += MemberSize.of(change);
        } else {
            known.add(change);
        }
        batching &= change.batching();
    }

    /**
     * Takes over members of the audience's next batch, in order, as many as fit.
     *
     * @param next the batch that would be sent after this one; neither is on its way yet
     * @param limits how large a batch may be
     */
    void takeFrom(Batch next, BatchLimits limits) {
        Iterator<Map.Entry<String, Member>> waiting = next.members.entrySet().iterator();
        while (batching && next.batching && waiting.hasNext() && !limits.isFull(size(), bytes)) {
            Map.Entry<String, Member> entry = waiting.next();
            Member known = members.get(entry.getKey());
            int memberBytes = MemberSize.of(entry.getValue().newest());
            if (known == null) {
                members.put(entry.getKey(), entry.getValue());
                bytes += memberBytes;
            } else {
                known.merge(entry.getValue());
            }
            next.bytes -= memberBytes;
            waiting.remove();
        }
    }

    /** @return the audience that all changes are about */
    public Audience audience() {
        return audience;
    }

    /** @return the people, in the order in which they were first heard of */
    public Collection<Member> members() {
        return members.values();
    }

    /** @return how many people are in it */
    public int size() {
        return members.size();
    }

    /** @return bytes that the members take in the request */
    long bytes() {
        return bytes;
    }

    /** @return false once it holds a change that may not wait for others */
    boolean isBatching() {
        return batching;
    }

    AudienceLanes.Place place() {
        return place;
    }

    /** @param time when one more request with its members is sent */
    public void attempted(Instant time) {
        attempts = attempts.and(time);
    }

    /** @return the requests that its members took part in */
    public Attempts attempts() {
        return attempts;
    }

    /** @return whether any source still waits for any of its events */
    public boolean isAwaited() {
        return members.values().stream().anyMatch(Member::isAwaited);
    }

    /** @param action what to do with each event in the batch */
    public void forEachOrigin(Consumer<EventOrigin> action) {
        members.values().forEach(member -> member.forEachOrigin(action));
    }

    /**
     * Makes a batch of some of its members, to find those that LaunchDarkly refuses. Both hold the same members.
     *
     * @param from position of the first member, from 0
     * @param to position after the last member
     * @return a batch in the same place in line
     */
    public Batch part(int from, int to) {
        Batch part = new Batch(audience, place);
        part.attempts = attempts;
        int at = 0;
        for (Map.Entry<String, Member> member : members.entrySet()) {
            if (at >= from && at < to) {
                part.members.put(member.getKey(), member.getValue());
            }
            at++;
        }
        return part;
    }

    /**
     * @param others batches of some of its members
     * @return a batch of the members that are in none of them, in the same place in line
     */
    public Batch without(Collection<Batch> others) {
        Batch rest = new Batch(audience, place, new LinkedHashMap<>(members));
        rest.attempts = attempts;
        others.forEach(other -> rest.members.keySet().removeAll(other.members.keySet()));
        return rest;
    }

    @Override
    public String toString() {
        return size() + " members of " + audience;
    }
}
