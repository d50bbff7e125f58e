package io.github.ldaudiences.metrics;

import io.github.ldaudiences.measure.AudienceName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Chooses the few audiences that get a series each. The number of audiences is unlimited, and users choose their ids.
 */
final class WorstAudiences {

    private static final int MOST = 10;

    private WorstAudiences() {}

    /**
     * @param values the value of each audience
     * @param atLeast lower values are ignored
     * @return the largest values, at most ten
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
