import com.marcnuri.helm.DryRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * Helm for a program at the other end of a pipe. A request is a line of fields between tabs: lint, template or notes;
 * the chart; the version of Kubernetes; then files of values. An answer is a line too: `ok` or `refused`, a tab, the text in Base64.
 */
class Helm {
  private static final String RELEASE = "broker";
  private static final String NAMESPACE = "trading";

  public static void main(String[] arguments) throws IOException {
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = requests.readLine()) != null; ) {
      String state = "ok";
      String text;
      try {
        text = answer(List.of(line.split("\t")));
      } catch (IllegalStateException refusal) {
        state = "refused";
        text = refusal.getMessage();
      }
      System.out.println(state + "\t" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static String answer(List<String> request) {
    var chart = new com.marcnuri.helm.Helm(Path.of(request.get(1)));
    var kubernetes = request.get(2);
    var values = request.subList(3, request.size()).stream().map(Path::of).toList();
    switch (request.get(0)) {
      case "lint" -> {
        var result = chart.lint().strict().call();
        var text = String.join("\n", result.getMessages());
        if (result.isFailed()) throw new IllegalStateException(text);
        return text;
      }
      case "template" -> {
        var template = chart.template().withName(RELEASE).withNamespace(NAMESPACE).withKubeVersion(kubernetes);
        values.forEach(template::withValuesFile);
        return template.call();
      }
      case "notes" -> {
        var install = chart.install().withName(RELEASE).withNamespace(NAMESPACE).withKubeVersion(kubernetes);
        values.forEach(install::withValuesFile);
        return install.clientOnly().withDryRunOption(DryRun.CLIENT).call().getOutput();
      }
      default -> throw new IllegalArgumentException(request.get(0));
    }
  }
}
