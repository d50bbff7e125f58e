package io.github.ldaudiences.command.importing;

import java.util.List;
import java.util.Map;

/**
 * The mapping that a subscription is converted to.
 *
 * @param name the subscription's name
 * @param id the mapping's id
 * @param properties keys and values, as configured; defaults are left out
 * @param problems what could not be carried over, each with what to do about it
 */
record ImportedMapping(String name, String id, Map<String, String> properties, List<String> problems) {}
