package judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Reads the fields of a request; a missing or mistyped one is an error, never a default. */
final class Fields {
    private Fields() { }

    static String text(JsonNode from, String field) {
        return from.required(field).asText();
    }

    static int number(JsonNode from, String field) {
        return from.required(field).asInt();
    }

    static Optional<JsonNode> maybe(JsonNode from, String field) {
        JsonNode value = from.get(field);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    static List<String> texts(JsonNode from, String field) {
        List<String> list = new ArrayList<>();
        from.required(field).forEach(value -> list.add(value.asText()));
        return list;
    }

    static List<Integer> numbers(JsonNode array) {
        List<Integer> list = new ArrayList<>();
        array.forEach(value -> list.add(value.asInt()));
        return list;
    }

    static Map<String, String> map(JsonNode from, String field) {
        Map<String, String> map = new HashMap<>();
        maybe(from, field).ifPresent(node -> node.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText())));
        return map;
    }

    static TopicPartition partition(JsonNode from) {
        return new TopicPartition(text(from, "topic"), number(from, "partition"));
    }
}
