package io.github.ldaudiences.batch;

import io.github.ldaudiences.event.EventOrigin;
import io.github.ldaudiences.event.TraceOrigin;
import io.github.ldaudiences.mapping.Audience;
import io.github.ldaudiences.mapping.MembershipChange;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Membership changes of one audience and destination that are sent in one request. It has one entry for each person.
 * The lock of the {@link AudienceLanes} guards its contents.
 */
public final class Batch {

    private final Audience audience;
    private final Map<String, Member> members;
    private final AudienceLanes.Place place;
    private long bytes;
    private boolean batching = true;
    private boolean whole = true;

    /**
     * @param audience the audience that all changes are about
     * @param place its place in that audience's lane
     */
    Batch(Audience audience, AudienceLanes.Place place) {
        this(audience, place, new LinkedHashMap<>());
    }

    private Batch(Audience audience, AudienceLanes.Place place, Map<String, Member> members) {
        this.audience = audience;
        this.place = place;
        this.members = members;
    }

    /** @return the person's entry, which is new or has the change now */
    Member add(MembershipChange change) {
        batching &= change.batching();
        Member known = members.get(change.contextKey());
        if (known != null) {
            known.add(change);
            return known;
        }
        Member member = new Member(change);
        members.put(change.contextKey(), member);
        bytes += member.bytes();
        return member;
    }

    /** @return the person's entry in this batch, or null */
    Member member(String contextKey) {
        return members.get(contextKey);
    }

    /** @param over members that are no longer to be sent */
    void remove(Collection<Member> over) {
        for (Member member : over) {
            members.remove(member.contextKey());
            bytes -= member.bytes();
            place.lane().left(member);
        }
    }

    /**
     * Takes over as many members of the audience's next batch as fit, in order.
     *
     * @param next the batch that would be sent after this one
     * @param limits how large a batch may be
     */
    void takeFrom(Batch next, BatchLimits limits) {
        Iterator<Map.Entry<String, Member>> waiting = next.members.entrySet().iterator();
        while (batching && next.batching && waiting.hasNext() && !limits.isFull(size(), bytes)) {
            Map.Entry<String, Member> entry = waiting.next();
            Member known = members.get(entry.getKey());
            next.bytes -= entry.getValue().bytes();
            if (known == null) {
                members.put(entry.getKey(), entry.getValue());
                bytes += entry.getValue().bytes();
            } else {
                known.merge(entry.getValue());
                place.lane().merged(entry.getValue(), known);
            }
            waiting.remove();
        }
    }

    /** @return the audience that all changes are about */
    public Audience audience() {
        return audience;
    }

    /** @return the people, in the order in which they were added */
    public Collection<Member> members() {
        return members.values();
    }

    /** @return how many people are in it */
    public int size() {
        return members.size();
    }

    /** @return the bytes that the members take in the request */
    long bytes() {
        return bytes;
    }

    /**
     * @return whether nothing more should be added: it has reached the limits, or holds a change that is not batched
     */
    boolean isFull(BatchLimits limits) {
        return !batching || limits.isFull(size(), bytes);
    }

    /** @return false for a part of a divided batch */
    boolean isWhole() {
        return whole;
    }

    AudienceLanes.Place place() {
        return place;
    }

    /** @param time when another request with its members is sent */
    public void attempted(Instant time) {
        members.values().forEach(member -> member.attempted(time));
    }

    /** @return whether any source still waits for one of its events */
    public boolean isAwaited() {
        return members.values().stream().anyMatch(Member::isAwaited);
    }

    /**
     * @param max the maximum number of spans
     * @return the known spans that its events came from, without duplicates
     */
    public Set<TraceOrigin> traces(int max) {
        Set<TraceOrigin> traces = new LinkedHashSet<>();
        for (Member member : members.values()) {
            for (EventOrigin origin : member.origins()) {
                TraceOrigin trace = origin.trace();
                if (trace != null && traces.add(trace) && traces.size() == max) {
                    return traces;
                }
            }
        }
        return traces;
    }

    /** @return the highest number of requests that any of its members was part of */
    public int attempts() {
        return members.values().stream()
                .mapToInt(member -> member.attempts().count())
                .max()
                .orElse(0);
    }

    /** @return how long ago it was opened, in milliseconds */
    public long ageMs() {
        return place.ageMs();
    }

    /**
     * Ends its members: no event can join them afterwards.
     *
     * @param action what to do with each event in the batch
     */
    public void end(Consumer<EventOrigin> action) {
        members.values().forEach(member -> member.end(action));
    }

    /**
     * Creates a batch of some of its members, to find those that LaunchDarkly rejects. The two batches share the
     * members.
     *
     * @param from position of the first member, from 0
     * @param to position after the last member
     * @return a batch with the same place in the lane
     */
    public Batch part(int from, int to) {
        Batch part = new Batch(audience, place);
        part.whole = false;
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
     * @return a batch of the members that are in none of them, with the same place in the lane
     */
    public Batch without(Collection<Batch> others) {
        Batch rest = new Batch(audience, place, new LinkedHashMap<>(members));
        rest.whole = false;
        others.forEach(other -> rest.members.keySet().removeAll(other.members.keySet()));
        return rest;
    }

    @Override
    public String toString() {
        return size() + " members of " + audience;
    }
}
