package io.github.ldaudiences.event;

import io.github.ldaudiences.problem.Problem;
import java.util.List;

/**
 * The results of the events of one inbound exchange. Each event counts once: as rejected if any mapping rejected it,
 * else as delivered if any mapping delivered it, else as skipped.
 *
 * @param received events that were read
 * @param delivered events that LaunchDarkly has
 * @param skipped events that no mapping wanted
 * @param rejected events that the dead letter has
 * @param rejections the reasons, in the order of the events
 */
public record ReceiptSummary(int received, int delivered, int skipped, int rejected, List<Rejection> rejections) {

    /**
     * Why one event was rejected.
     *
     * @param index position of the event in its body, from 0
     * @param messageId Segment's id of the event, or null
     * @param code what kind of problem it is, for programs
     * @param reason a sentence for the person who must act
     */
    public record Rejection(int index, String messageId, String code, String reason) {

        /**
         * @param index position of the event in its body, from 0
         * @param messageId Segment's id of the event, or null
         * @param problem what is wrong with it
         */
        Rejection(int index, String messageId, Problem problem) {
            this(index, messageId, problem.code().toString(), problem.reason());
        }
    }
}
