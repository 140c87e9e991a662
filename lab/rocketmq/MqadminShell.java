import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/**
 * mqadmin without a process for each call: a line of standard input is one call, its words separated by tabs. What it prints is
 * followed by a line with the time it took, in microseconds.
 */
public final class MqadminShell {
    private MqadminShell() {
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader calls = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("<<< ready");
        for (String call = calls.readLine(); call != null; call = calls.readLine()) {
            long began = System.nanoTime();
            MQAdminStartup.main0(call.split("\t"), null);
            long took = System.nanoTime() - began;
            System.err.flush();
            // Some calls end what they print within a line.
            System.out.println("\n<<< " + took / 1000);
        }
        System.exit(0);
    }
}
