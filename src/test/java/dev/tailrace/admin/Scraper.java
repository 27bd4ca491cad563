package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Scrapes a server again and again until it is gone, as Prometheus would, and looks at every page:
 * that it adds up, and that no counter has gone back since the page before. Thread-safe.
 */
public final class Scraper {
  private static final Duration BETWEEN = Duration.ofMillis(15);

  private final URI metrics;
  private final HttpClient http = HttpClient.newHttpClient();
  private final FutureTask<List<MetricsPage>> task = new FutureTask<>(this::scrapeToTheEnd);

  private Scraper(int port) {
    metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
  }

  /** Begins, in a thread of its own. */
  public static Scraper started(int port) {
    Scraper scraper = new Scraper(port);
    Thread thread = new Thread(scraper.task, "scraper-" + port);
    thread.setDaemon(true);
    thread.start();
    return scraper;
  }

  /** One page more, for the caller. */
  public MetricsPage page() throws Exception {
    return MetricsPage.parse(text());
  }

  /** The same as it was sent. */
  public String text() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(metrics).timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  /** Awaits the end of the server; all pages, or what was wrong with one. */
  public List<MetricsPage> pages() throws Exception {
    return task.get();
  }

  /** How many pages were taken in each state. */
  public Map<String, Long> pagesByState() throws Exception {
    Map<String, Long> states = new TreeMap<>();
    pages().forEach(page -> states.merge(page.state(), 1L, Long::sum));
    return states;
  }

  private List<MetricsPage> scrapeToTheEnd() throws Exception {
    List<MetricsPage> pages = new ArrayList<>();
    while (true) {
      MetricsPage page;
      try {
        page = page();
      } catch (IOException gone) {
        assertThat(pages).as("pages before %s", gone).isNotEmpty();
        return pages;
      }
      page.assertAddsUp();
      if (!pages.isEmpty()) {
        page.assertCountsOnFrom(pages.get(pages.size() - 1));
      }
      pages.add(page);
      LockSupport.parkNanos(BETWEEN.toNanos());
    }
  }
}
