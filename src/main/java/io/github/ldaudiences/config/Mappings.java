package io.github.ldaudiences.config;

import io.github.ldaudiences.mapping.AudienceFields;
import io.github.ldaudiences.mapping.AudienceLists;
import io.github.ldaudiences.mapping.EventSelection;
import io.github.ldaudiences.mapping.Mapping;
import io.github.ldaudiences.mapping.MappingPreset;
import io.github.ldaudiences.mapping.MappingValue;
import io.github.ldaudiences.mapping.MembershipFields;
import io.github.ldaudiences.mapping.PersonFields;
import io.github.ldaudiences.mapping.SyncMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Creates the mappings that the settings describe. */
public final class Mappings {

    /** RudderStack's event type for audience lists. */
    private static final String AUDIENCE_LISTS = "type = \"audiencelist\"";

    private Mappings() {}

    /**
     * @param settings all settings
     * @return the mappings, those that are off included
     * @throws ConfigurationException if none is on, or one names a destination that does not exist
     */
    public static List<Mapping> of(Settings settings) {
        List<String> problems = new ArrayList<>();
        List<Mapping> mappings = new ArrayList<>();
        boolean any = false;
        for (String id : settings.mappings()) {
            Mapping mapping = mapping(settings, id);
            mappings.add(mapping);
            if (!mapping.events().preset().eventsNameAudience()) {
                for (Property<MappingValue> needed :
                        List.of(Catalogue.MAPPING_SEGMENT_AUDIENCE_ID, Catalogue.MAPPING_SEGMENT_AUDIENCE_KEY)) {
                    if (!settings.isSet(needed, id) || settings.get(needed, id) == MappingValue.NONE) {
                        problems.add(needed.key(id) + " is not set; it is required with " + preset(mapping)
                                + ", whose events do not name their audience. Allowed is " + needed.allowed()
                                + ".");
                    }
                }
            }
            checkSyncMode(mapping, problems);
            any |= settings.get(Catalogue.MAPPING_ENABLED, id);
            if (!settings.destinations().contains(mapping.destination())) {
                problems.add(Catalogue.MAPPING_DESTINATION.key(id) + "=" + mapping.destination()
                        + " is not allowed; allowed is the name of a destination: "
                        + String.join(", ", settings.destinations()) + ".");
            }
        }
        if (!any) {
            problems.add("No mapping is on: set " + Catalogue.MAPPING_ENABLED.key("sync-engage-audience") + "=true.");
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return mappings;
    }

    /**
     * @param settings all settings
     * @param id a mapping
     * @return Segment's names of the fields whose values differ from the defaults
     */
    public static Set<String> ownFields(Settings settings, String id) {
        return Catalogue.all().stream()
                .filter(property -> property.isPerInstance()
                        && property.prefix().equals(Catalogue.MAPPING_ENABLED.prefix())
                        && settings.isSet(property, id))
                .map(property -> property.suffix().substring(1).replace('-', '_'))
                .collect(Collectors.toSet());
    }

    private static void checkSyncMode(Mapping mapping, List<String> problems) {
        boolean rows = mapping.events().preset() == MappingPreset.REVERSE_ETL;
        boolean none = mapping.events().syncMode() == SyncMode.NONE;
        String key = Catalogue.MAPPING_SYNC_MODE.key(mapping.id());
        if (rows && none) {
            problems.add(key + "=none is not allowed with " + preset(mapping) + "; allowed is "
                    + Catalogue.MAPPING_SYNC_MODE.allowed().replace("none, ", "") + ".");
        } else if (!rows && !none) {
            problems.add(key + "=" + mapping.events().syncMode() + " is not allowed with " + preset(mapping)
                    + "; allowed is none, or the preset " + MappingPreset.REVERSE_ETL + ".");
        }
    }

    private static String preset(Mapping mapping) {
        return Catalogue.MAPPING_PRESET.key(mapping.id()) + "="
                + mapping.events().preset();
    }

    private static String trigger(Settings settings, String id) {
        String trigger = settings.get(Catalogue.MAPPING_TRIGGER, id);
        if (!trigger.equals(Catalogue.MAPPING_TRIGGER.defaultValue())) {
            return trigger;
        }
        return switch (settings.get(Catalogue.MAPPING_PRESET, id)) {
            case SYNC_ENGAGE_AUDIENCE -> trigger;
            case RUDDERSTACK_AUDIENCE_LIST -> AUDIENCE_LISTS;
            case REVERSE_ETL -> settings.get(Catalogue.MAPPING_SYNC_MODE, id).trigger();
        };
    }

    private static Mapping mapping(Settings settings, String id) {
        return new Mapping(
                id,
                settings.get(Catalogue.MAPPING_DESTINATION, id),
                events(settings, id),
                audience(settings, id),
                person(settings, id),
                membership(settings, id),
                settings.get(Catalogue.MAPPING_EVENT_TIME, id),
                settings.get(Catalogue.MAPPING_ENABLE_BATCHING, id));
    }

    private static EventSelection events(Settings settings, String id) {
        return new EventSelection(
                settings.get(Catalogue.MAPPING_PRESET, id),
                trigger(settings, id),
                settings.get(Catalogue.MAPPING_COMPUTATION_CLASSES, id),
                settings.get(Catalogue.MAPPING_SEGMENT_COMPUTATION_ACTION, id),
                settings.get(Catalogue.MAPPING_SYNC_MODE, id));
    }

    private static AudienceFields audience(Settings settings, String id) {
        return new AudienceFields(
                settings.get(Catalogue.MAPPING_SEGMENT_AUDIENCE_ID, id),
                settings.get(Catalogue.MAPPING_SEGMENT_AUDIENCE_KEY, id),
                settings.get(Catalogue.MAPPING_CONTEXT_KIND, id));
    }

    private static PersonFields person(Settings settings, String id) {
        return new PersonFields(
                settings.get(Catalogue.MAPPING_CONTEXT_KEY, id),
                takesPresetsDefault(settings, Catalogue.MAPPING_SEGMENT_USER_ID, id)
                        ? AudienceLists.identifier(settings.get(Catalogue.MAPPING_LIST_IDENTIFIER, id))
                        : settings.get(Catalogue.MAPPING_SEGMENT_USER_ID, id),
                settings.get(Catalogue.MAPPING_SEGMENT_ANONYMOUS_ID, id),
                settings.get(Catalogue.MAPPING_USER_EMAIL, id),
                takesPresetsDefault(settings, Catalogue.MAPPING_MEMBERS, id)
                        ? AudienceLists.MEMBERS
                        : settings.get(Catalogue.MAPPING_MEMBERS, id));
    }

    private static MembershipFields membership(Settings settings, String id) {
        return new MembershipFields(
                settings.get(Catalogue.MAPPING_MEMBERSHIP, id),
                settings.get(Catalogue.MAPPING_TRAITS_OR_PROPS, id),
                takesPresetsDefault(settings, Catalogue.MAPPING_AUDIENCE_ACTION, id)
                        ? AudienceLists.ACTION
                        : settings.get(Catalogue.MAPPING_AUDIENCE_ACTION, id));
    }

    /** @return whether the preset for audience lists gives the field its value, because the settings do not */
    private static boolean takesPresetsDefault(Settings settings, Property<?> field, String id) {
        return settings.get(Catalogue.MAPPING_PRESET, id) == MappingPreset.RUDDERSTACK_AUDIENCE_LIST
                && !settings.isSet(field, id);
    }
}
