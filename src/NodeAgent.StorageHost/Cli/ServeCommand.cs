// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Microsoft.Extensions.Logging;
using NodeAgent.Cli;
using NodeAgent.Hosting;
using NodeAgent.StorageHost.Configuration;
using NodeAgent.StorageHost.Hosting;

namespace NodeAgent.StorageHost.Cli;

/// <summary><c>node-agent-storage run</c>, and the same without a command.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new ExampleCommand(
            "run",
            "Serve until stopped; what is done without a command too",
            "node-agent-storage run --data-dir ./data --listen 127.0.0.1:8443",
            "node-agent-storage run --config /etc/node-agent/storage.yaml");
        AddTo(command);
        return command;
    }

    public static void AddTo(Command command)
    {
        var settings = new SettingOptions<HostOptions>(HostSettings.All);
        settings.AddTo(command);
        command.SetAction((arguments, _) => ServeAsync(settings.Load(arguments)));
    }

    private static async Task<int> ServeAsync(HostOptions options)
    {
        using var stop = new CancellationTokenSource();
        using SignalStop signals = SignalStop.On(stop);
        using ILoggerFactory loggers = LogOutput.Create(options.LogLevel);
        ServingHost host = await ServingHost.StartAsync(options, loggers, stop.Token).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await SignalStop.Wait(stop.Token).ConfigureAwait(false);
            return 0;
        }
    }
}
