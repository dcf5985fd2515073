// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;

namespace NodeAgent.Cli;

/// <summary><c>node-agent policy generate|check</c>: the NetworkPolicy that the observed traffic justifies, ready for kubectl apply.</summary>
internal static class PolicyCommand
{
    public static Command Create() => new("policy", "Network policies from observed traffic") { CreateGenerate(), PolicyCheckCommand.Create() };

    private static ExampleCommand CreateGenerate()
    {
        var flags = new StorageFlags();
        var workload = new Argument<string>("WORKLOAD") { Description = "Name of a workload, KIND/NAME, or name of its network neighborhood" };
        var output = OutputOption.Create(OutputFormat.Yaml, OutputFormat.Json);
        var command = new ExampleCommand(
            "generate",
            "Print the NetworkPolicy for a workload",
            "node-agent policy generate web",
            "node-agent policy generate deployment/web -n shop | kubectl apply -f -")
        {
            workload, output,
        };
        flags.AddTo(command, withAllNamespaces: false);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            string space = flags.Namespace(arguments)!;
            ApiObject neighborhood = await StorageLookup.FindAsync(client, "networkneighborhoods", space, arguments.GetValue(workload)!, stop).ConfigureAwait(false);
            ApiObject generated = await client.GetAsync("generatednetworkpolicies", space, neighborhood.Name, stop).ConfigureAwait(false)
                ?? throw new CommandException($"no policy can be generated for {neighborhood.Name}");
            JsonNode policy = JsonNode.Parse(generated.Json.Span)?["spec"] ?? throw new CommandException($"the policy of {neighborhood.Name} has no spec");
            ObjectPrinter.Print(policy, arguments.GetValue(output));
            return 0;
        });
        return command;
    }
}
