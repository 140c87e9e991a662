package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
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
        operations.put("configs", this::configs);
        operations.put("set_config", this::setConfig);
        operations.put("reassign", this::reassign);
        operations.put("reassignments", this::reassignments);
    }

    private JsonNode describe(JsonNode request) throws Exception {
        DescribeClusterResult cluster = judge.admin(request).describeCluster();
        ObjectNode answer = Judge.JSON.createObjectNode();
        answer.put("cluster_id", cluster.clusterId().get());
        ArrayNode brokers = answer.putArray("brokers");
        cluster.nodes().get().stream().map(node -> node.id()).sorted().forEach(brokers::add);
        return answer;
    }

    private static ConfigResource resource(JsonNode request) {
        ConfigResource.Type type = ConfigResource.Type.valueOf(Fields.text(request, "type").toUpperCase());
        return new ConfigResource(type, Fields.text(request, "name"));
    }

    private JsonNode configs(JsonNode request) throws Exception {
        ConfigResource resource = resource(request);
        ObjectNode set = Judge.JSON.createObjectNode();
        for (ConfigEntry entry : judge.admin(request).describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
            if (entry.source().name().startsWith("DYNAMIC")) {
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
