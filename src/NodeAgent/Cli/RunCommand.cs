// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Hosting;

namespace NodeAgent.Cli;

/// <summary><c>node-agent run</c>: the agent itself.</summary>
internal static class RunCommand
{
    private const int ExitFailed = 1;

    public static Command Create()
    {
        var settings = new SettingOptions<AgentOptions>(Settings.All, Settings.Lists);
        var command = new ExampleCommand(
            "run",
            "Watch this machine until stopped: learn, alert, serve profiles",
            "node-agent run --data-dir ./data --learning-period 1m",
            "node-agent run --config /etc/node-agent/config.yaml");
        settings.AddTo(command);
        command.SetAction((arguments, _) => RunAsync(settings.Load(arguments)));
        return command;
    }

    private static async Task<int> RunAsync(AgentOptions options)
    {
        using var stop = new CancellationTokenSource();
        using SignalStop signals = SignalStop.On(stop);
        using ILoggerFactory loggers = LogOutput.Create(options.LogLevel);
        AgentHost host = await AgentHost.StartAsync(options, loggers, stop.Token).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await Task.WhenAny(host.Completion, SignalStop.Wait(stop.Token)).ConfigureAwait(false);
            return host.Completion.IsFaulted ? ExitFailed : 0;
        }
    }
}
