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

namespace NodeAgent.Cli;

/// <summary><c>node-agent policy check</c>: what policies would have denied of the traffic that was learned, before anybody applies them.</summary>
internal static class PolicyCheckCommand
{
    private const string Resource = "networkneighborhoods";

    public static ExampleCommand Create()
    {
        var flags = new StorageFlags();
        var file = new Argument<string>("FILE") { Description = "NetworkPolicies, YAML or JSON; - = standard input" };
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var command = new ExampleCommand(
            "check",
            "Say what policies would deny of the learned traffic, and what they allow that was never seen; exit code 1 if they deny any",
            "node-agent policy check policy.yaml",
            "node-agent policy generate web | node-agent policy check -",
            "node-agent policy check policies.yaml -n shop -o json")
        {
            file, output,
        };
        flags.AddTo(command, withAllNamespaces: true);
        command.SetAction(async (arguments, stop) =>
        {
            PolicySet policies = Policies(arguments.GetValue(file)!, flags.Namespace(arguments));
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            ApiList all = await client.ListAsync(Resource, flags.Namespace(arguments), labelSelector: null, stop).ConfigureAwait(false);
            Outcome outcome = Replay(policies, all);
            Print(outcome, arguments.GetValue(output));
            return outcome.Denied.Count == 0 ? 0 : 1;
        });
        return command;
    }

    // As kubectl does, an object without a namespace is of the one that is asked for.
    private static PolicySet Policies(string file, string? space)
    {
        var policies = new List<Api.Networking.NetworkPolicy>();
        foreach (JsonNode document in YamlFile.Read(file))
        {
            string kind = document is JsonObject o ? o["kind"]?.ToString() ?? string.Empty : string.Empty;
            JsonNode? policy = kind == GeneratedNetworkPolicy.KindName ? document["spec"] : document;
            if (kind is not ("NetworkPolicy" or GeneratedNetworkPolicy.KindName))
            {
                throw new CommandException($"{file}: '{kind}' is no NetworkPolicy");
            }

            try
            {
                Api.Networking.NetworkPolicy read = policy.Deserialize(ApiJsonContext.Default.NetworkPolicy)
                    ?? throw new CommandException($"{file}: a policy is empty");
                policies.Add(read with { Metadata = (read.Metadata ?? new()) with { Namespace = read.Metadata?.Namespace ?? space } });
            }
            catch (JsonException e)
            {
                throw new CommandException($"{file}: {e.Path}: not what a NetworkPolicy has there");
            }
        }

        try
        {
            return policies.Count > 0 ? PolicySet.Compile(policies) : throw new CommandException($"{file}: no NetworkPolicy in it");
        }
        catch (PolicyFormatException e)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    private static Outcome Replay(PolicySet policies, ApiList neighborhoods)
    {
        var outcome = new Outcome(policies);
        foreach (ApiObject item in neighborhoods.Items)
        {
            NetworkNeighborhood? neighborhood = JsonSerializer.Deserialize(item.Json.Span, ApiJsonContext.Default.NetworkNeighborhood);
            foreach (ObservedFlow flow in neighborhood is null ? [] : LearnedFlows.Of(neighborhood))
            {
                outcome.Add($"{flow.Pod.Namespace}/{item.Name}", flow, policies.Evaluate(flow));
            }
        }

        return outcome;
    }

    private static void Print(Outcome outcome, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            ObjectPrinter.Print(outcome.ToJson(), format);
            return;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{outcome.Flows} learned flows: {outcome.Allowed} allowed, {outcome.Denied.Count} denied, {outcome.NotSelected} of pods that no policy selects"));
        if (outcome.Denied.Count > 0)
        {
            Console.Out.WriteLine();
            TablePrinter.Print(Console.Out, ["DENIED", "WORKLOAD", "PEER", "PORT"], outcome.Denied);
        }

        if (outcome.Unneeded.Count > 0)
        {
            Console.Out.WriteLine();
            TablePrinter.Print(Console.Out, ["ALLOWED AND NEVER SEEN"], outcome.Unneeded.Select(path => new[] { path }));
        }
    }

    private sealed class Outcome(PolicySet policies)
    {
        public int Flows { get; private set; }

        public int Allowed { get; private set; }

        public int NotSelected { get; private set; }

        /// <summary>Shape: direction, workload, peer, port.</summary>
        public List<string[]> Denied { get; } = [];

        public IReadOnlyList<string> Unneeded => policies.Unneeded();

        public void Add(string workload, ObservedFlow flow, FlowVerdict verdict)
        {
            Flows++;
            switch (verdict)
            {
                case FlowVerdict.Denied:
                    Denied.Add([flow.Direction.ToString(), workload, Text(flow.Peer), $"{flow.Protocol} {flow.Port}"]);
                    break;
                case FlowVerdict.NotSelected:
                    NotSelected++;
                    break;
                default:
                    Allowed++;
                    break;
            }
        }

        public JsonObject ToJson() => new()
        {
            ["flows"] = Flows,
            ["allowed"] = Allowed,
            ["notSelected"] = NotSelected,
            ["denied"] = new JsonArray([.. Denied.Select(row =>
                new JsonObject { ["direction"] = row[0], ["workload"] = row[1], ["peer"] = row[2], ["port"] = row[3] })]),
            ["neverSeen"] = new JsonArray([.. Unneeded.Select(path => JsonValue.Create(path))]),
        };

        private static string Text(FlowEnd peer) => peer.Namespace is { } space
            ? $"{space}/{string.Join(',', peer.Labels.Order().Select(label => $"{label.Key}={label.Value}"))}"
            : peer.Address?.ToString() ?? "unknown";
    }
}
