package io.github.ldaudiences.importing;

import java.util.List;
import java.util.Map;

/**
 * What a subscription becomes here.
 *
 * @param name the subscription's name
 * @param id the mapping's id
 * @param properties keys and values, as they are configured; what has the default is not among them
 * @param problems what could not be carried over, each with what to do about it
 */
record ImportedMapping(String name, String id, Map<String, String> properties, List<String> problems) {}
