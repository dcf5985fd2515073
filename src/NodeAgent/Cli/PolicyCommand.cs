// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;
using NodeAgent.NetworkPolicy;
using NodeAgent.NetworkPolicy.Outputs;

namespace NodeAgent.Cli;

/// <summary><c>node-agent policy generate|check</c>: the NetworkPolicy that the observed traffic justifies, ready for kubectl apply.</summary>
internal static class PolicyCommand
{
    private static readonly Dictionary<string, PolicyKind> Types = new(StringComparer.Ordinal)
    {
        ["kubernetes"] = PolicyKind.Kubernetes,
        ["cilium"] = PolicyKind.Cilium,
        ["admin"] = PolicyKind.Admin,
    };

    public static Command Create() => new("policy", "Network policies from observed traffic") { CreateGenerate(), PolicyCheckCommand.Create() };

    private static ExampleCommand CreateGenerate()
    {
        var flags = new StorageFlags();
        var workload = new Argument<string>("WORKLOAD") { Description = "Name of a workload, KIND/NAME, or name of its network neighborhood" };
        var output = OutputOption.Create(OutputFormat.Yaml, OutputFormat.Json);
        var type = new Option<string>("--type")
        {
            Description = "kubernetes: NetworkPolicy; cilium: CiliumNetworkPolicy, destinations by their DNS names; admin: AdminNetworkPolicy",
            HelpName = string.Join('|', Types.Keys),
            DefaultValueFactory = _ => "kubernetes",
        };
        type.AcceptOnlyFromAmong([.. Types.Keys]);
        var command = new ExampleCommand(
            "generate",
            "Print the network policy for a workload",
            "node-agent policy generate web",
            "node-agent policy generate deployment/web -n shop | kubectl apply -f -",
            "node-agent policy generate web --type cilium")
        {
            workload, output, type,
        };
        flags.AddTo(command, withAllNamespaces: false);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            string space = flags.Namespace(arguments)!;
            ApiObject neighborhood = await StorageLookup.FindAsync(client, "networkneighborhoods", space, arguments.GetValue(workload)!, stop).ConfigureAwait(false);
            JsonNode policy = await WriteAsync(client, neighborhood, Types[arguments.GetValue(type)!], stop).ConfigureAwait(false);
            ObjectPrinter.Print(policy, arguments.GetValue(output));
            return 0;
        });
        return command;
    }

    // Made here, of what the storage has: the kind that it computes itself is the same, byte for byte.
    private static async Task<JsonNode> WriteAsync(StorageClient client, ApiObject item, PolicyKind kind, CancellationToken stop)
    {
        NetworkNeighborhood neighborhood = JsonSerializer.Deserialize(item.Json.Span, ApiJsonContext.Readable.NetworkNeighborhood)!;
        ApiList servers = await client.ListAsync(KnownServer.Plural, null, labelSelector: null, stop).ConfigureAwait(false);
        ApiList collapse = await client.ListAsync(CollapseConfiguration.Plural, null, labelSelector: null, stop).ConfigureAwait(false);
        try
        {
            return PolicyDocument.Write(
                kind,
                neighborhood,
                [.. servers.Items.Select(server => JsonSerializer.Deserialize(server.Json.Span, ApiJsonContext.Readable.KnownServer)!)],
                PolicyOptions.Of(collapse.Items.Where(one => one.Name == CollapseConfiguration.DefaultName)
                    .Select(one => JsonSerializer.Deserialize(one.Json.Span, ApiJsonContext.Readable.CollapseConfiguration)).FirstOrDefault()));
        }
        catch (PolicyUnavailableException e)
        {
            throw new CommandException(e.Message);
        }
    }
}
