// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Drift;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Cli;

/// <summary><c>node-agent profile diff|accept</c>: what a completed profile would have to allow, and the word that it may.</summary>
internal static class ProfileDriftCommands
{
    private const int Different = 1;

    public static ExampleCommand CreateDiff()
    {
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var command = new ExampleCommand(
            "diff",
            "Show what the container did since its profile was completed, and the profile does not hold (exit code 1 when there is something)",
            "node-agent profile diff web",
            "node-agent profile diff web -o yaml") { output };
        Add(command, (arguments, _, drift, _) =>
        {
            if (arguments.GetValue(output) != OutputFormat.Table)
            {
                ObjectPrinter.Print(JsonSerializer.SerializeToNode(drift, ApiJsonContext.Readable.ProfileDrift)!, arguments.GetValue(output));
            }
            else
            {
                Console.Out.Write(DriftText.Of(drift));
            }

            return Task.FromResult(ProfileContent.Findings(drift.Spec!) == 0 ? 0 : Different);
        });
        return command;
    }

    public static ExampleCommand CreateAccept()
    {
        var kinds = new Option<string[]>("--only")
        {
            Description = $"Accept only these kinds: {string.Join(", ", OverlayWriter.Kinds)}",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "KIND",
        };
        kinds.AcceptOnlyFromAmong([.. OverlayWriter.Kinds]);
        var command = new ExampleCommand(
            "accept",
            "Allow what diff shows: adds it to the workload's overlay, which agents follow",
            "node-agent profile accept web",
            "node-agent profile accept web --only opens") { kinds };
        Add(command, async (arguments, client, drift, stop) =>
        {
            string[] only = arguments.GetValue(kinds) is { Length: > 0 } some ? some : [.. OverlayWriter.Kinds];
            ProfileDrift accepted = drift with { Spec = DriftText.Only(drift.Spec!, only) };
            if (ProfileContent.Findings(accepted.Spec!) == 0)
            {
                Console.Error.WriteLine("Nothing to accept.");
                return 0;
            }

            await OverlayWriter.AddAsync(client, accepted, stop).ConfigureAwait(false);
            Console.Out.Write(DriftText.Of(accepted));
            Console.Out.WriteLine($"accepted by {UserProfiles.OverlayPrefix}{OverlayWriter.WorkloadOf(accepted)} in namespace {accepted.Metadata.Namespace}");
            return 0;
        });
        return command;
    }

    private static void Add(ExampleCommand command, Func<ParseResult, StorageClient, ProfileDrift, CancellationToken, Task<int>> act)
    {
        var flags = new StorageFlags();
        Argument<string> name = ProfileCommand.Name();
        command.Add(name);
        flags.AddTo(command, withAllNamespaces: false);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            ProfileDrift drift = await FindAsync(client, flags.Namespace(arguments)!, arguments.GetValue(name)!, stop).ConfigureAwait(false);
            return await act(arguments, client, drift, stop).ConfigureAwait(false);
        });
    }

    // Without what was accepted meanwhile: the agent may not have heard of it yet.
    private static async Task<ProfileDrift> FindAsync(StorageClient client, string space, string name, CancellationToken stop)
    {
        ApiObject profile = await StorageLookup.FindAsync(client, ContainerProfile.Plural, space, name, stop).ConfigureAwait(false);
        if (await OfNodesAsync(client, profile, stop).ConfigureAwait(false) is not { } drift)
        {
            return new ProfileDrift { Metadata = new Api.Meta.ObjectMeta { Name = profile.Name, Namespace = profile.Namespace }, Spec = new ContainerProfileSpec() };
        }

        UserProfiles users = await OverlayWriter.ReadAsync(client, drift, stop).ConfigureAwait(false);
        InstanceId id = OverlayWriter.InstanceOf(drift);
        ContainerProfileSpec overlay = users.Overlay(profile.Namespace, OverlayWriter.WorkloadOf(drift), id.ContainerType, id.ContainerName) ?? new ContainerProfileSpec();
        return drift with { Spec = ProfileDifference.Of(drift.Spec ?? new ContainerProfileSpec(), new CompletedProfile(overlay, profile.Namespace), profile.Namespace) };
    }

    /// <returns>Null when no node saw any.</returns>
    private static async Task<ProfileDrift?> OfNodesAsync(StorageClient client, ApiObject profile, CancellationToken stop)
    {
        JsonNode? labels = JsonNode.Parse(profile.Json.Span)?["metadata"]?["labels"];
        string[] selector = [.. new[] { KubescapeLabels.Name, KubescapeLabels.ContainerName }.Where(key => labels?[key] is not null).Select(key => $"{key}={labels![key]}")];
        ApiList found = await client.ListAsync(DriftExport.Resource, profile.Namespace, selector.Length == 0 ? null : string.Join(',', selector), stop).ConfigureAwait(false);
        ProfileDrift[] drifts =
        [
            .. found.Items.Select(item => Read(item, ApiJsonContext.Readable.ProfileDrift))
                .Where(drift => drift.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.Profile) == profile.Name),
        ];
        return drifts.Length == 0 ? null : DriftUnion.Of(profile.Name, drifts);
    }

    private static T Read<T>(ApiObject item, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(item.Json.Span, type) ?? throw new CommandException($"{item.Resource} {item.Namespace}/{item.Name} is empty");
}
