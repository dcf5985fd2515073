// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;

namespace NodeAgent.Cli;

/// <summary><c>node-agent profile list|show|diff|accept|seccomp|apparmor</c>.</summary>
internal static class ProfileCommand
{
    private const string Resource = "containerprofiles";

    public static Command Create() => new("profile", "What was learned, per container")
    {
        CreateList(), CreateShow(), ProfileDriftCommands.CreateDiff(), ProfileDriftCommands.CreateAccept(), ProfileConfinementCommands.CreateSeccomp(), ProfileConfinementCommands.CreateAppArmor(),
    };

    /// <summary>Which profile is meant; for <see cref="StorageLookup"/>.</summary>
    internal static Argument<string> Name() => new("NAME") { Description = "Name of a profile, or of a container or workload with one profile" };

    private static ExampleCommand CreateList()
    {
        var flags = new StorageFlags();
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var command = new ExampleCommand(
            "list",
            "List profiles",
            "node-agent profile list",
            "node-agent profile list -A -o json") { output };
        flags.AddTo(command, withAllNamespaces: true);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            ApiList list = await client.ListAsync(Resource, flags.Namespace(arguments), labelSelector: null, stop).ConfigureAwait(false);
            List<JsonNode> items = [.. list.Items.Select(i => JsonNode.Parse(i.Json.Span)!)];
            ObjectPrinter.PrintList(items, arguments.GetValue(output), () => PrintTable(items, flags.AllNamespaces(arguments)));
            return 0;
        });
        return command;
    }

    private static ExampleCommand CreateShow()
    {
        var flags = new StorageFlags();
        var name = Name();
        var output = OutputOption.Create(OutputFormat.Yaml, OutputFormat.Json);
        var command = new ExampleCommand(
            "show",
            "Print one profile",
            "node-agent profile show web",
            "node-agent profile show web -o json") { name, output };
        flags.AddTo(command, withAllNamespaces: false);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            ApiObject found = await StorageLookup.FindAsync(client, Resource, flags.Namespace(arguments)!, arguments.GetValue(name)!, stop).ConfigureAwait(false);
            ObjectPrinter.Print(JsonNode.Parse(found.Json.Span)!, arguments.GetValue(output));
            return 0;
        });
        return command;
    }

    private static void PrintTable(List<JsonNode> items, bool withNamespace)
    {
        if (items.Count == 0)
        {
            Console.Error.WriteLine("No profiles found.");
            return;
        }

        string[] heads = ["NAME", "WORKLOAD", "CONTAINER", "STATUS", "COMPLETION", "EXECS", "OPENS", "PEERS", "AGE"];
        IEnumerable<string[]> rows = items.Select(item => withNamespace ? [Text(item, "metadata", "namespace"), .. Row(item)] : Row(item));
        TablePrinter.Print(Console.Out, withNamespace ? ["NAMESPACE", .. heads] : heads, rows);
    }

    private static string[] Row(JsonNode item)
    {
        JsonNode? labels = item["metadata"]?["labels"];
        JsonNode? annotations = item["metadata"]?["annotations"];
        JsonNode? spec = item["spec"];
        return
        [
            Text(item, "metadata", "name"),
            $"{labels?[KubescapeLabels.Kind]}/{labels?[KubescapeLabels.Name]}",
            labels?[KubescapeLabels.ContainerName]?.ToString() ?? string.Empty,
            annotations?[KubescapeAnnotations.Status]?.ToString() ?? string.Empty,
            annotations?[KubescapeAnnotations.Completion]?.ToString() ?? string.Empty,
            Count(spec, "execs"),
            Count(spec, "opens"),
            ((spec?["ingress"]?.AsArray().Count ?? 0) + (spec?["egress"]?.AsArray().Count ?? 0)).ToString(CultureInfo.InvariantCulture),
            AgeText.Since(Text(item, "metadata", "creationTimestamp"), TimeProvider.System),
        ];
    }

    private static string Text(JsonNode item, string section, string key) => item[section]?[key]?.ToString() ?? string.Empty;

    private static string Count(JsonNode? spec, string key) => (spec?[key]?.AsArray().Count ?? 0).ToString(CultureInfo.InvariantCulture);
}
