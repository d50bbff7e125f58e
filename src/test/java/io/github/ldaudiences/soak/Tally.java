package io.github.ldaudiences.soak;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What has been done to the bundle, and what must not have happened. */
final class Tally {

    private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
    private final List<String> surprises = new CopyOnWriteArrayList<>();

    void count(String what, int times) {
        counts.merge(what, times, Integer::sum);
    }

    int count(String what) {
        return counts.getOrDefault(what, 0);
    }

    void surprise(String what) {
        surprises.add(what);
    }

    List<String> surprises() {
        return surprises;
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
