package io.github.ldaudiences.benchmark;

import io.github.ldaudiences.fixture.KafkaBroker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/** Which client reads each partition of a group, as its broker says, and how often that has changed. */
final class PartitionOwners {

    private final KafkaBroker broker;
    private final String group;
    private final Map<TopicPartition, String> owners = new HashMap<>();
    private final List<Integer> shares = new ArrayList<>();
    private int moved;

    /** @param group the consumer group, whose members have client IDs that survive a restart */
    PartitionOwners(KafkaBroker broker, String group) {
        this.broker = broker;
        this.group = group;
    }

    /** Asks the broker. A partition that belongs to nobody at the moment has not moved yet. */
    void look() {
        shares.clear();
        for (MemberDescription member : broker.members(group)) {
            shares.add(member.assignment().topicPartitions().size());
            for (TopicPartition partition : member.assignment().topicPartitions()) {
                String before = owners.put(partition, member.clientId());
                moved += before == null || before.equals(member.clientId()) ? 0 : 1;
            }
        }
    }

    /** @return how many times a partition has passed from one client to another */
    int moved() {
        return moved;
    }

    /**
     * @param members of the group
     * @param each partitions of each member
     * @return whether the broker said so when it was asked last
     */
    boolean areShared(int members, int each) {
        return shares.equals(Collections.nCopies(members, each));
    }
}
