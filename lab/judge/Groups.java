package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Consumer groups and what they have committed. */
final class Groups {
    private static final Comparator<TopicPartition> ORDER =
        Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private final Judge judge;

    Groups(Judge judge) {
        this.judge = judge;
    }

    void register(Map<String, Judge.Operation> operations) {
        operations.put("committed", this::committed);
        operations.put("alter_offsets", this::alter);
        operations.put("delete_offsets", this::deleteOffsets);
        operations.put("describe_group", this::describe);
        operations.put("list_groups", this::list);
        operations.put("delete_group", this::delete);
    }

    private JsonNode committed(JsonNode request) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> sorted = new TreeMap<>(ORDER);
        judge.admin(request).listConsumerGroupOffsets(Fields.text(request, "group"))
            .partitionsToOffsetAndMetadata().get()
            .forEach((partition, committed) -> {
                if (committed != null) {
                    sorted.put(partition, committed);
                }
            });
        ArrayNode offsets = Judge.JSON.createArrayNode();
        sorted.forEach((partition, committed) -> {
            ObjectNode entry = offsets.addObject();
            entry.put("topic", partition.topic());
            entry.put("partition", partition.partition());
            entry.put("offset", committed.offset());
            committed.leaderEpoch().ifPresent(epoch -> entry.put("leader_epoch", epoch));
            entry.put("metadata", committed.metadata());
        });
        return Judge.JSON.createObjectNode().set("offsets", offsets);
    }

    private JsonNode alter(JsonNode request) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        request.required("offsets").forEach(entry -> {
            Optional<Integer> epoch = Fields.maybe(entry, "leader_epoch").map(JsonNode::asInt);
            String metadata = Fields.maybe(entry, "metadata").map(JsonNode::asText).orElse("");
            offsets.put(Fields.partition(entry), new OffsetAndMetadata(entry.required("offset").asLong(), epoch, metadata));
        });
        judge.admin(request).alterConsumerGroupOffsets(Fields.text(request, "group"), offsets).all().get();
        return Judge.JSON.createObjectNode();
    }

    private JsonNode deleteOffsets(JsonNode request) throws Exception {
        Set<TopicPartition> partitions = new HashSet<>();
        request.required("partitions").forEach(entry -> partitions.add(Fields.partition(entry)));
        judge.admin(request).deleteConsumerGroupOffsets(Fields.text(request, "group"), partitions).all().get();
        return Judge.JSON.createObjectNode();
    }

    private JsonNode describe(JsonNode request) throws Exception {
        String name = Fields.text(request, "group");
        ConsumerGroupDescription group =
            judge.admin(request).describeConsumerGroups(List.of(name)).describedGroups().get(name).get();
        ObjectNode answer = Judge.JSON.createObjectNode();
        answer.put("group", name);
        answer.put("state", group.groupState().toString());
        answer.put("protocol", group.type().toString().toLowerCase());
        answer.put("assignor", group.partitionAssignor());
        answer.put("coordinator", group.coordinator().id());
        ArrayNode members = answer.putArray("members");
        group.members().forEach(member -> {
            ObjectNode entry = members.addObject();
            entry.put("member_id", member.consumerId());
            member.groupInstanceId().ifPresent(instance -> entry.put("instance_id", instance));
            entry.put("client_id", member.clientId());
            entry.put("host", member.host());
            ArrayNode assigned = entry.putArray("assigned");
            member.assignment().topicPartitions().stream().sorted(ORDER).forEach(partition -> assigned.addObject()
                .put("topic", partition.topic()).put("partition", partition.partition()));
        });
        return answer;
    }

    private JsonNode list(JsonNode request) throws Exception {
        Admin admin = judge.admin(request);
        ArrayNode groups = Judge.JSON.createArrayNode();
        admin.listGroups().all().get().stream().map(group -> group.groupId()).sorted().forEach(groups::add);
        return Judge.JSON.createObjectNode().set("groups", groups);
    }

    private JsonNode delete(JsonNode request) throws Exception {
        judge.admin(request).deleteConsumerGroups(List.of(Fields.text(request, "group"))).all().get();
        return Judge.JSON.createObjectNode();
    }
}
