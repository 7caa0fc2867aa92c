import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/** DynamoDB Local, in memory, on the loopback address: its own command binds every interface. Argument: PORT. */
public final class DynamoDbLoopback {
  private DynamoDbLoopback() {}

  public static void main(String[] arguments) throws Exception {
    boolean inMemory = true;
    // One database for every access key and region, as one account is.
    boolean shared = true;
    boolean delayStatuses = false;
    var requests = new LocalDynamoDBRequestHandler(0, inMemory, null, shared, delayStatuses);
    var server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    server.setHandler(
        new ContextHandlerCollection(new ContextHandler(new LocalDynamoDBServerHandler(requests, null))));
    server.start();
    server.join();
  }
}
