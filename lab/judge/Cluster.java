package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** The cluster itself: nodes, settings, moves. */
final class Cluster {
    private final Judge judge;

    Cluster(Judge judge) {
        this.judge = judge;
    }

    void register(Map<String, Judge.Operation> operations) {
        operations.put("describe_cluster", this::describe);
        operations.put("quorum", this::quorum);
        operations.put("configs", this::configs);
        operations.put("set_config", this::setConfig);
        operations.put("reassign", this::reassign);
        operations.put("reassign_many", this::reassignMany);
        operations.put("reassignments", this::reassignments);
        operations.put("elect_preferred", this::electPreferred);
    }

    private JsonNode describe(JsonNode request) throws Exception {
        DescribeClusterResult cluster = judge.admin(request).describeCluster();
        ObjectNode answer = Judge.JSON.createObjectNode();
        answer.put("cluster_id", cluster.clusterId().get());
        ArrayNode brokers = answer.putArray("brokers");
        cluster.nodes().get().stream().map(node -> node.id()).sorted().forEach(brokers::add);
        return answer;
    }

    private JsonNode quorum(JsonNode request) throws Exception {
        QuorumInfo quorum = judge.admin(request).describeMetadataQuorum().quorumInfo().get();
        ObjectNode answer = Judge.JSON.createObjectNode().put("leader", quorum.leaderId());
        ArrayNode voters = answer.putArray("voters");
        quorum.voters().stream().map(voter -> voter.replicaId()).sorted().forEach(voters::add);
        return answer;
    }

    private static ConfigResource resource(JsonNode request) {
        ConfigResource.Type type = ConfigResource.Type.valueOf(Fields.text(request, "type").toUpperCase());
        return new ConfigResource(type, Fields.text(request, "name"));
    }

    /** Where a setting comes from that is made on the thing itself, not on all of its kind. */
    private static ConfigEntry.ConfigSource own(ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC -> ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG;
            case GROUP -> ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
            case BROKER -> resource.name().isEmpty()
                ? ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG
                : ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG;
            default -> throw new IllegalArgumentException("no settings of " + resource);
        };
    }

    private JsonNode configs(JsonNode request) throws Exception {
        ConfigResource resource = resource(request);
        ConfigEntry.ConfigSource own = own(resource);
        ObjectNode set = Judge.JSON.createObjectNode();
        for (ConfigEntry entry : judge.admin(request).describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
            if (entry.source() == own) {
                set.put(entry.name(), entry.value());
            }
        }
        return Judge.JSON.createObjectNode().set("configs", set);
    }

    /** value null removes the setting. */
    private JsonNode setConfig(JsonNode request) throws Exception {
        Optional<JsonNode> value = Fields.maybe(request, "value");
        AlterConfigOp change = new AlterConfigOp(
            new ConfigEntry(Fields.text(request, "key"), value.map(JsonNode::asText).orElse("")),
            value.isPresent() ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        judge.admin(request).incrementalAlterConfigs(Map.of(resource(request), List.of(change))).all().get();
        return Judge.JSON.createObjectNode();
    }

    /** replicas null cancels the move. */
    private JsonNode reassign(JsonNode request) throws Exception {
        Optional<NewPartitionReassignment> target = Fields.maybe(request, "replicas")
            .map(replicas -> new NewPartitionReassignment(Fields.numbers(replicas)));
        judge.admin(request).alterPartitionReassignments(Map.of(Fields.partition(request), target)).all().get();
        return Judge.JSON.createObjectNode();
    }

    /** Many at once, as one request. */
    private JsonNode reassignMany(JsonNode request) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> targets = new HashMap<>();
        request.required("moves").forEach(move -> targets.put(Fields.partition(move),
            Fields.maybe(move, "replicas").map(replicas -> new NewPartitionReassignment(Fields.numbers(replicas)))));
        judge.admin(request).alterPartitionReassignments(targets).all().get();
        return Judge.JSON.createObjectNode();
    }

    /** The first replica becomes the leader; where it is already, that is an error. */
    private JsonNode electPreferred(JsonNode request) throws Exception {
        judge.admin(request).electLeaders(ElectionType.PREFERRED, Set.of(Fields.partition(request))).all().get();
        return Judge.JSON.createObjectNode();
    }

    private static void numbers(ArrayNode into, List<Integer> from) {
        from.forEach(into::add);
    }

    private JsonNode reassignments(JsonNode request) throws Exception {
        ArrayNode moves = Judge.JSON.createArrayNode();
        List<Map.Entry<TopicPartition, PartitionReassignment>> found = new ArrayList<>(
            judge.admin(request).listPartitionReassignments().reassignments().get().entrySet());
        found.forEach(move -> {
            ObjectNode entry = moves.addObject();
            entry.put("topic", move.getKey().topic()).put("partition", move.getKey().partition());
            numbers(entry.putArray("replicas"), move.getValue().replicas());
            numbers(entry.putArray("adding"), move.getValue().addingReplicas());
            numbers(entry.putArray("removing"), move.getValue().removingReplicas());
        });
        return Judge.JSON.createObjectNode().set("moves", moves);
    }
}
