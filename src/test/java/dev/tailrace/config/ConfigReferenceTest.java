package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReferenceTest {

  private final ConfigSchema schema = SampleConfig.schema();
  private final ConfigReference reference = new ConfigReference(schema);
  private final Path folder;

  ConfigReferenceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theReferenceFileIsValidAndSaysTheDefaults() throws ConfigException {
    EffectiveConfig said = load(reference.referenceYaml());
    EffectiveConfig silent = load(reference.initYaml());

    assertThat(said.warnings()).isEmpty();
    assertThat(ConfigDiff.between(silent, said)).isEmpty();
  }

  @Test
  void theReferenceFileStaysValidWithEveryScalarSwitchedOn() throws ConfigException {
    String switchedOn = reference.initYaml().replaceAll("(?m)^#(plugins: .*)$", "$1");

    assertThat(load(switchedOn).root().isSet("plugins")).isTrue();
    assertThat(load(reference.initYaml()).root().isSet("plugins")).isFalse();
  }

  @Test
  void everyKeyIsOnThePage() {
    String page = reference.markdown();

    for (String key : reference.keys()) {
      String last = key.substring(key.lastIndexOf('.') + 1);
      assertThat(page).contains(last);
    }
    assertThat(page)
        .contains(
            "| `deadline` | duration | `25s` | How long the whole stop may take, all phases"
                + " together |",
            "## `pipelines[].source.kafka`",
            "| `strategy` | `bounded`, `cooperative`, `immediate` | `bounded` |",
            "| `shards` | *not yet* |",
            "Exactly one of `topics`, `pattern` must be set.");
  }

  @Test
  void keysAreListedWithTheirWay() {
    assertThat(reference.keys())
        .contains(
            "name",
            "drain.triggers.heap",
            "pipelines[].retry.attempts",
            "pipelines[].source.kafka.topics",
            "pipelines[].dead-letter.redis.stream")
        .doesNotHaveDuplicates();
  }

  @Test
  void theSameSchemaGivesTheSameText() {
    var other = new ConfigReference(SampleConfig.schema());

    assertThat(other.markdown()).isEqualTo(reference.markdown());
    assertThat(other.referenceYaml()).isEqualTo(reference.referenceYaml());
    assertThat(SampleConfig.schema().json()).isEqualTo(schema.json());
  }

  @Test
  void linesOfFilesAreShort() {
    assertThat(reference.referenceYaml().lines()).allMatch(line -> line.length() <= 100);
    assertThat(reference.initYaml().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void theJsonSchemaIsValidByItsOwnDialect() throws Exception {
    var metaSchema =
        SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(SchemaLocation.of(JsonSchemaWriter.DIALECT));

    assertThat(metaSchema.validate(new ObjectMapper().readTree(schema.json()))).isEmpty();
    assertThat(List.of(schema.json().split("\n"))).hasSizeGreaterThan(300);
  }

  @Test
  void anyValidatorCanUseTheJsonSchema() throws Exception {
    var anyones =
        SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(schema.json(), InputFormat.JSON);
    String valid = SampleConfig.MINIMAL + "drain: {deadline: 40s}\n";

    assertThat(anyones.validate(valid, InputFormat.YAML)).isEmpty();
    assertThat(anyones.validate(valid + "nmae: x\n", InputFormat.YAML)).hasSize(1);
    assertThat(anyones.validate(valid.replace("40s", "40"), InputFormat.YAML)).hasSize(1);
    assertThat(anyones.validate(valid.replace("40s", "40sec"), InputFormat.YAML)).hasSize(1);
    String renamed = valid.replace("group: orders", "grupo: orders");
    assertThat(anyones.validate(renamed, InputFormat.YAML)).hasSize(2);
  }

  private EffectiveConfig load(String yaml) throws ConfigException {
    return new SampleConfig(folder).file("tailrace.yaml", yaml).load();
  }
}
