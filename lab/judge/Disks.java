package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.common.TopicPartitionReplica;

/** Where brokers keep their replicas, and how large these are. */
final class Disks {
    private final Judge judge;

    Disks(Judge judge) {
        this.judge = judge;
    }

    void register(Map<String, Judge.Operation> operations) {
        operations.put("log_dirs", this::logDirs);
        operations.put("move_to_dir", this::moveToDir);
    }

    /** Of the brokers that are named. */
    private JsonNode logDirs(JsonNode request) throws Exception {
        List<Integer> brokers = Fields.numbers(request.required("brokers"));
        Map<Integer, Map<String, LogDirDescription>> found =
            judge.admin(request).describeLogDirs(brokers).allDescriptions().get();
        ArrayNode answer = Judge.JSON.createArrayNode();
        new TreeMap<>(found).forEach((broker, dirs) ->
            new TreeMap<>(dirs).forEach((path, dir) -> describe(answer.addObject().put("broker", broker).put("path", path), dir)));
        return Judge.JSON.createObjectNode().set("dirs", answer);
    }

    private static void describe(ObjectNode entry, LogDirDescription dir) {
        dir.totalBytes().ifPresent(bytes -> entry.put("total_bytes", bytes));
        dir.usableBytes().ifPresent(bytes -> entry.put("usable_bytes", bytes));
        ArrayNode replicas = entry.putArray("replicas");
        dir.replicaInfos().forEach((partition, replica) -> replicas.addObject()
            .put("topic", partition.topic()).put("partition", partition.partition())
            .put("bytes", replica.size()).put("lag", replica.offsetLag()).put("future", replica.isFuture()));
    }

    /** Has a broker keep its replica in another folder, or, before it has one, begin it there. */
    private JsonNode moveToDir(JsonNode request) throws Exception {
        Admin admin = judge.admin(request);
        TopicPartitionReplica replica = new TopicPartitionReplica(
            Fields.text(request, "topic"), Fields.number(request, "partition"), Fields.number(request, "broker"));
        admin.alterReplicaLogDirs(Map.of(replica, Fields.text(request, "path"))).all().get();
        return Judge.JSON.createObjectNode();
    }
}
