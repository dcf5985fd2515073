// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;
using NodeAgent.NetworkPolicy.Evaluation;
using NodeAgent.Policies;
using NodeAgent.Profiles.Flows;

namespace NodeAgent.Cli;

/// <summary><c>node-agent policy check</c>: what policies would have denied of the traffic that was seen, before anybody applies them.</summary>
internal static class PolicyCheckCommand
{
    private const string Resource = "networkneighborhoods";

    public static ExampleCommand Create()
    {
        var flags = new StorageFlags();
        var file = new Argument<string>("FILE") { Description = "NetworkPolicies, YAML or JSON; - = standard input" };
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var against = new Option<string>("--against")
        {
            Description = "history: every flow that the agent counted, in its data directory; profiles: what profiles learned, from the storage",
            HelpName = "history|profiles",
            DefaultValueFactory = _ => "history",
        };
        against.AcceptOnlyFromAmong("history", "profiles");
        var command = new ExampleCommand(
            "check",
            "Say what policies would have denied of the traffic that was seen, and what they allow that never was. Exit code 1 if they deny any",
            "node-agent policy check policy.yaml",
            "node-agent policy generate web | node-agent policy check -",
            "node-agent policy check policies.yaml -n shop -o json",
            "node-agent policy check policy.yaml --against profiles --kubeconfig storage.kubeconfig")
        {
            file, output, against,
        };
        flags.AddTo(command, withAllNamespaces: true);
        command.SetAction(async (arguments, stop) =>
        {
            string? space = flags.Namespace(arguments);
            PolicyFileContent content = PolicyFile.Read(arguments.GetValue(file)!, space ?? PolicySet.DefaultNamespace);
            Func<string, bool> isMeant = flags.AllNamespaces(arguments) ? _ => true : content.Namespaces.Contains;
            JsonObject? source = null;
            IEnumerable<RecordedFlow> flows;
            if (arguments.GetValue(against) == "profiles")
            {
                using StorageConnection connection = flags.Connect(arguments);
                using var client = new StorageClient(connection);
                flows = Learned(await client.ListAsync(Resource, null, labelSelector: null, stop).ConfigureAwait(false));
            }
            else
            {
                FlowHistoryContent seen = Read(flags.InDataDirectory(arguments, FlowHistoryOptions.FileName));
                Warn(seen);
                source = Source(seen);
                flows = new RecordedFlows(seen.History).All();
            }

            foreach (string unjudged in content.Unjudged)
            {
                Console.Error.WriteLine($"warning: {unjudged} is not known of any flow: it is taken to hold for none");
            }

            PolicyReplay replay = PolicyReplay.Run(content.Policies, flows.Where(flow => isMeant(flow.Namespace)));
            Print(replay, source, arguments.GetValue(output));
            return replay.Denied.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static FlowHistoryContent Read(string path)
    {
        try
        {
            return FlowHistoryFile.Read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path} does not exist: has the agent seen a flow yet, and does it run with another --data-dir? (--against profiles asks the storage)");
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: {e.Message}");
        }
    }

    private static IEnumerable<RecordedFlow> Learned(ApiList neighborhoods)
    {
        foreach (ApiObject item in neighborhoods.Items)
        {
            NetworkNeighborhood? neighborhood = JsonSerializer.Deserialize(item.Json.Span, ApiJsonContext.Default.NetworkNeighborhood);
            foreach (ObservedFlow flow in neighborhood is null ? [] : LearnedFlows.Of(neighborhood))
            {
                yield return new RecordedFlow(flow, flow.Pod.Namespace!, item.Name, 0, 0, null);
            }
        }
    }

    private static JsonObject Source(FlowHistoryContent content) => new()
    {
        ["flows"] = content.History.Count,
        ["droppedForAge"] = content.History.Drops.TooOld,
        ["droppedForSize"] = content.History.Drops.NoRoom,
        ["damagedFrames"] = content.DamagedFrames,
        ["tornBytes"] = content.TornBytes,
    };

    // A proof says what it does not know.
    private static void Warn(FlowHistoryContent content)
    {
        FlowDrops drops = content.History.Drops;
        if (drops.NoRoom > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"warning: {drops.NoRoom} flows were dropped from the history for want of room (--flow-history-size); they were not checked"));
        }

        if (content.TornBytes > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"note: the last {content.TornBytes} bytes of the history are no whole write: one goes on right now, or was cut off"));
        }

        if (content.DamagedFrames > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"warning: {content.DamagedFrames} frames of the history are damaged; their flows were not checked"));
        }
    }

    private static void Print(PolicyReplay replay, JsonObject? source, OutputFormat format)
    {
        if (replay.Allowed + replay.Denied.Count == 0)
        {
            Console.Error.WriteLine("warning: no flow was seen of any pod that these policies select: nothing is proved");
        }

        if (format == OutputFormat.Table)
        {
            PolicyReplayText.Print(replay, Console.Out);
            return;
        }

        JsonObject json = PolicyReplayText.ToJson(replay);
        if (source is not null)
        {
            json["history"] = source;
        }

        ObjectPrinter.Print(json, format);
    }
}
