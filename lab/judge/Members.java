package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Consumers that are members of a group until they are stopped. */
final class Members {
    private final Map<Long, Member> members = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();

    void register(Map<String, Judge.Operation> operations) {
        operations.put("start_member", this::start);
        operations.put("member_consume", request -> {
            long count = request.required("count").asLong();
            return find(request).consume(count, request.required("within_ms").asLong());
        });
        operations.put("member_commit", request -> find(request).commit());
        operations.put("member_status", request -> find(request).status());
        operations.put("stop_member", this::stop);
    }

    private Member find(JsonNode request) {
        return Optional.ofNullable(members.get(request.required("member").asLong()))
            .orElseThrow(() -> new IllegalArgumentException("no such member"));
    }

    private JsonNode start(JsonNode request) throws Exception {
        Member member = new Member(request);
        long id = next.incrementAndGet();
        members.put(id, member);
        long within = request.required("within_ms").asLong();
        if (within > 0) {
            try {
                member.awaitAssignment(within);
            } catch (Exception failed) {
                members.remove(id);
                member.stop(true);
                throw failed;
            }
        }
        return ((ObjectNode) member.status()).put("member", id);
    }

    private JsonNode stop(JsonNode request) throws Exception {
        Member member = find(request);
        JsonNode last = member.stop(request.required("leave").asBoolean());
        members.remove(request.required("member").asLong());
        return last;
    }
}
