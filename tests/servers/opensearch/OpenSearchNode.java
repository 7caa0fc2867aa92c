import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node on the loopback address, with the modules a distribution carries. Arguments: HTTP-PORT HOME. */
public final class OpenSearchNode {
  private static final List<String> MODULES =
      List.of(
          "org.opensearch.transport.Netty4ModulePlugin",
          "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
          "org.opensearch.index.reindex.ReindexModulePlugin",
          "org.opensearch.painless.PainlessModulePlugin",
          "org.opensearch.index.mapper.MapperExtrasModulePlugin",
          "org.opensearch.join.ParentJoinModulePlugin",
          "org.opensearch.ingest.common.IngestCommonModulePlugin",
          "org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin",
          "org.opensearch.script.mustache.MustacheModulePlugin",
          "org.opensearch.script.expression.ExpressionModulePlugin",
          "org.opensearch.percolator.PercolatorModulePlugin",
          "org.opensearch.geo.GeoModulePlugin",
          "org.opensearch.index.rankeval.RankEvalModulePlugin");

  private OpenSearchNode() {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[1]).toAbsolutePath();
    for (String folder : List.of("config", "data", "logs", "modules", "plugins")) {
      Files.createDirectories(home.resolve(folder));
    }
    Collection<Class<? extends Plugin>> modules = new ArrayList<>();
    for (String module : MODULES) {
      modules.add(Class.forName(module).asSubclass(Plugin.class));
    }
    Environment environment = new Environment(settings(arguments[0], home), home.resolve("config"));
    OpenSearchRunnerNode node = new OpenSearchRunnerNode(environment, modules);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    Thread.currentThread().join();
  }

  private static Settings settings(String port, Path home) {
    return Settings.builder()
        .put("path.home", home.toString())
        .put("path.data", home.resolve("data").toString())
        .put("path.logs", home.resolve("logs").toString())
        .put("cluster.name", "waypost-test")
        .put("node.name", "only")
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("http.port", port)
        .put("transport.port", "0")
        // A machine whose disk is nearly full should still run tests.
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .put("bootstrap.memory_lock", false)
        .put("node.processors", 2)
        .build();
  }

  private static void close(OpenSearchRunnerNode node) {
    try {
      node.close();
    } catch (Exception reason) {
      reason.printStackTrace();
    }
  }
}
