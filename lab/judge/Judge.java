package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kafka's own Java clients behind JSON lines: one request a line on standard input, one answer a line on
 * standard output, matched by "id", answered in any order. Ends when standard input does.
 */
public final class Judge {
    static final ObjectMapper JSON = new ObjectMapper();

    interface Operation {
        JsonNode run(JsonNode request) throws Exception;
    }

    private final Map<Map<String, Object>, Admin> admins = new ConcurrentHashMap<>();
    private final Map<String, Operation> operations = new ConcurrentHashMap<>();
    private final PrintStream answers;

    private Judge(PrintStream answers) {
        this.answers = answers;
        new Topics(this).register(operations);
        new Groups(this).register(operations);
        new Members().register(operations);
        new Security(this).register(operations);
        new Cluster(this).register(operations);
        new Disks(this).register(operations);
        operations.put("ping", request -> JSON.createObjectNode());
    }

    /** The one AdminClient of an address, a client id and an identity, made at its first use. */
    Admin admin(JsonNode request) {
        Map<String, Object> settings = new HashMap<>(Fields.map(request, "properties"));
        // Controllers are asked instead of brokers, not beside them.
        if (!settings.containsKey("bootstrap.controllers")) {
            settings.put("bootstrap.servers", Fields.text(request, "bootstrap"));
        }
        settings.put("client.id", Fields.text(request, "client_id"));
        settings.put("default.api.timeout.ms", "60000");
        settings.put("request.timeout.ms", "50000");
        return admins.computeIfAbsent(settings, Admin::create);
    }

    private void answer(String line) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode request = JSON.readTree(line);
            answer.set("id", request.required("id"));
            Operation operation = operations.get(request.required("op").asText());
            if (operation == null) {
                throw new IllegalArgumentException("unknown operation " + request.get("op"));
            }
            long began = System.nanoTime();
            JsonNode result = operation.run(request);
            answer.put("took_us", (System.nanoTime() - began) / 1000);
            answer.set("ok", result);
        } catch (Throwable thrown) {
            Throwable cause = thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            ObjectNode error = answer.putObject("error");
            error.put("kind", cause.getClass().getSimpleName());
            error.put("message", String.valueOf(cause.getMessage()));
        }
        synchronized (answers) {
            answers.println(answer);
            answers.flush();
        }
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // Nothing but answers may reach standard output.
        System.setOut(System.err);
        Judge judge = new Judge(answers);
        ExecutorService workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String request = line;
            workers.execute(() -> judge.answer(request));
        }
        Runtime.getRuntime().halt(0);
    }
}
