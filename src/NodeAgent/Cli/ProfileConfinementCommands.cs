// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli.Output;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Confinement;

namespace NodeAgent.Cli;

/// <summary><c>node-agent profile seccomp|apparmor</c>: what holds a container to its profile, in the words of the kernel's own means.</summary>
internal static class ProfileConfinementCommands
{
    public static ExampleCommand CreateSeccomp()
    {
        var audit = new Option<bool>("--audit") { Description = "Log what the profile has not instead of refusing it" };
        var output = OutputOption.Create(OutputFormat.Json, OutputFormat.Yaml);
        var command = new ExampleCommand(
            "seccomp",
            "Print the seccomp filter that allows what a container was seen to call",
            "node-agent profile seccomp web > /var/lib/kubelet/seccomp/web.json",
            "node-agent profile seccomp web --audit") { audit, output };
        Add(command, (arguments, profile, spec) =>
        {
            SingleSeccompProfileSpec filter = SeccompFilter.Of(spec, arguments.GetValue(audit))
                ?? throw new CommandException($"{profile.Metadata.Name} has no system calls: the sensor 'syscalls' was off, or nothing was learned yet");
            if (SeccompFilter.Unnamed(spec) is { Count: > 0 } unnamed)
            {
                Console.Error.WriteLine($"warning: without a name, so not in the filter: {string.Join(", ", unnamed)}");
            }

            ObjectPrinter.Print(JsonSerializer.SerializeToNode(filter, ApiJsonContext.Readable.SingleSeccompProfileSpec)!, arguments.GetValue(output));
        });
        return command;
    }

    public static ExampleCommand CreateAppArmor()
    {
        var complain = new Option<bool>("--complain") { Description = "Log what the profile has not instead of refusing it" };
        var loadedAs = new Option<string?>("--loaded-as") { Description = "Name under which it is loaded; default: the profile's name" };
        var command = new ExampleCommand(
            "apparmor",
            "Print the AppArmor profile that allows what a container was seen to do",
            "node-agent profile apparmor web | apparmor_parser --replace",
            "node-agent profile apparmor web --complain") { complain, loadedAs };
        Add(command, (arguments, profile, spec) =>
        {
            string name = arguments.GetValue(loadedAs) ?? profile.Metadata.Name ?? throw new CommandException("the profile has no name");
            Console.Out.Write(AppArmorProfile.Of(spec, name, $"Of the container profile {profile.Metadata.Namespace}/{profile.Metadata.Name}", arguments.GetValue(complain)));
        });
        return command;
    }

    private static void Add(ExampleCommand command, Action<ParseResult, ContainerProfile, ContainerProfileSpec> print)
    {
        var flags = new StorageFlags();
        var name = ProfileCommand.Name();
        var partial = new Option<bool>("--partial") { Description = "Take a profile that is still being learned, or that is known to have gaps" };
        command.Add(name);
        command.Add(partial);
        flags.AddTo(command, withAllNamespaces: false);
        command.SetAction(async (arguments, stop) =>
        {
            using StorageConnection connection = flags.Connect(arguments);
            using var client = new StorageClient(connection);
            ApiObject found = await StorageLookup.FindAsync(client, ContainerProfile.Plural, flags.Namespace(arguments)!, arguments.GetValue(name)!, stop).ConfigureAwait(false);
            ContainerProfile profile = JsonSerializer.Deserialize(found.Json.Span, ApiJsonContext.Default.ContainerProfile)!;
            ContainerProfileSpec spec = profile.Spec ?? throw new CommandException($"{found.Name} has no spec");
            if (!arguments.GetValue(partial))
            {
                RequireWhole(profile);
            }

            print(arguments, profile, spec);
            return 0;
        });
    }

    // What a gap hides would be refused to a workload that needs it.
    private static void RequireWhole(ContainerProfile profile)
    {
        IReadOnlyDictionary<string, string>? annotations = profile.Metadata.Annotations;
        string? status = annotations?.GetValueOrDefault(KubescapeAnnotations.Status);
        string? completion = annotations?.GetValueOrDefault(KubescapeAnnotations.Completion);
        bool isUsers = status is null; // written by a person, who knows
        if (!isUsers && (status != ProfileStatus.Completed || completion != ProfileCompletion.Complete))
        {
            throw new CommandException($"{profile.Metadata.Name} is {status} and {completion}: it may lack what the container needs (--partial takes it all the same)");
        }
    }
}
