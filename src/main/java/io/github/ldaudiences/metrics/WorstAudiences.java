package io.github.ldaudiences.metrics;

import io.github.ldaudiences.measure.AudienceName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Chooses the few audiences that are worth a series each: there may be any number, with ids that users make. */
final class WorstAudiences {

    private static final int MOST = 10;

    private WorstAudiences() {}

    /**
     * @param values what is measured of each audience
     * @param atLeast what is less is not bad
     * @return the largest values, ten at most
     */
    static Map<AudienceName, Double> of(Map<AudienceName, ? extends Number> values, double atLeast) {
        Map<AudienceName, Double> bad = new HashMap<>();
        values.forEach((name, value) -> {
            if (value.doubleValue() >= atLeast) {
                bad.put(name, value.doubleValue());
            }
        });
        Map<AudienceName, Double> worst = new LinkedHashMap<>();
        bad.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MOST)
                .forEach(each -> worst.put(each.getKey(), each.getValue()));
        return worst;
    }
}
