package dev.candlewick.server;

import dev.candlewick.client.AuditCommand;
import dev.candlewick.client.ExportCommand;
import dev.candlewick.client.ImportCommand;
import dev.candlewick.client.ReplayCommand;
import dev.candlewick.client.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code java -jar candlewick.jar <command>}. */
@Command(
    name = "candlewick",
    description = "A market-data ingestion server on TimescaleDB.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "<command>",
    subcommands = {
      ServeCommand.class,
      MigrateCommand.class,
      ArchiveCommand.class,
      BackupCommand.Make.class,
      BackupCommand.Restore.class,
      DemoCommand.class,
      SimulateCommand.class,
      BenchCommand.class
    })
final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    String key = ServerConfig.clientApiKey();
    CommandLine line =
        new CommandLine(new Main())
            .addSubcommand(new ImportCommand(key))
            .addSubcommand(new VerifyCommand(key))
            .addSubcommand(new AuditCommand(key))
            .addSubcommand(new ExportCommand(key))
            .addSubcommand(new ReplayCommand(key))
            .setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(line.execute(arguments));
  }

  /** The version the jar was built as. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"candlewick " + current()};
    }

    static String current() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }
}
