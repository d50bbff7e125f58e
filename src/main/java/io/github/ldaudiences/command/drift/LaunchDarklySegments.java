package io.github.ldaudiences.command.drift;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the segments of one LaunchDarkly environment. */
final class LaunchDarklySegments {

    /** LaunchDarkly: the filter for big segments, which include the synced ones. */
    private static final String BIG_SEGMENTS = "unbounded equals true";

    private static final int PAGE = 50;

    private final LaunchDarklyApi api;
    private final String project;
    private final String environment;

    /**
     * @param api sends the requests
     * @param project key of the project
     * @param environment key of the environment
     */
    LaunchDarklySegments(LaunchDarklyApi api, String project, String environment) {
        this.api = api;
        this.project = escaped(project);
        this.environment = escaped(environment);
    }

    /**
     * LaunchDarkly: {@code GET /api/v2/projects/{projectKey}/environments/{environmentKey}}, where {@code _id} is the
     * client-side ID.
     *
     * @return the client-side ID, or null if there is no such project or environment
     */
    String clientSideId() throws NotAnsweredException, InterruptedException {
        JsonNode answer = api.get("/api/v2/projects/" + project + "/environments/" + environment);
        return answer == null ? null : answer.path("_id").asText();
    }

    /**
     * LaunchDarkly: {@code GET /api/v2/segments/{projectKey}/{environmentKey}}, in pages. Big segments have {@code
     * unbounded} and {@code unboundedContextKind}, synced ones have {@code _external}.
     *
     * @return all big segments
     */
    List<SyncedSegment> all() throws NotAnsweredException, InterruptedException {
        List<SyncedSegment> all = new ArrayList<>();
        int offset = 0;
        JsonNode page;
        do {
            page = api.get("/api/v2/segments/" + project + "/" + environment + "?filter=" + escaped(BIG_SEGMENTS)
                    + "&limit=" + PAGE + "&offset=" + offset);
            if (page == null) {
                throw new NotAnsweredException("LaunchDarkly answered 404 for the segments of the environment.", true);
            }
            page.path("items")
                    .forEach(segment -> all.add(new SyncedSegment(
                            segment.path("key").asText(),
                            segment.path("name").asText(),
                            segment.path("unboundedContextKind").asText("user"),
                            !segment.path("_external").asText("").isEmpty())));
            offset += page.path("items").size();
            // Works with any page size that LaunchDarkly uses.
        } while (!page.path("items").isEmpty()
                && offset < page.path("totalCount").asInt(Integer.MAX_VALUE));
        return all;
    }

    /**
     * LaunchDarkly: {@code GET /api/v2/segments/{projectKey}/{environmentKey}/{segmentKey}/contexts/{contextKey}},
     * where {@code included} says whether the person is in the segment.
     *
     * @param segment an existing segment
     * @param contextKey a person
     * @return whether the person is in it; false if LaunchDarkly does not know the person
     */
    boolean has(SyncedSegment segment, String contextKey) throws NotAnsweredException, InterruptedException {
        JsonNode answer = api.get("/api/v2/segments/" + project + "/" + environment + "/" + escaped(segment.key())
                + "/contexts/" + escaped(contextKey));
        return answer != null && answer.path("included").asBoolean();
    }

    private static String escaped(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
