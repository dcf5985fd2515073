// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.CommandLine;
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks;
using NodeAgent.Replay;

namespace NodeAgent.Cli;

/// <summary><c>node-agent replay</c>: the alerts of a recording, as the agent would have told them.</summary>
internal static class ReplayCommand
{
    private const int ExitDamaged = 1;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A recording of node-agent record" };
        JudgeOptions judge = JudgeOptions.Create();
        var command = new ExampleCommand(
            "replay",
            "Judge a recording by the agent's rules and print the alerts, one JSON object a line. Exit code 1 when the file is damaged",
            "node-agent replay recording.natrace",
            "node-agent replay recording.natrace --rules my-rules.yaml | jq .spec.alerts[0].message")
        {
            file,
        };
        judge.AddTo(command);
        command.SetAction((arguments, _) => RunAsync(arguments.GetValue(file)!, judge.Read(arguments)));
        return command;
    }

    private static async Task<int> RunAsync(string file, ReplayOptions options)
    {
        await using StreamSink output = StreamSink.Stdout();
        ReplayResult result = await ReplayFile.RunAsync(file, options, alert => Write(output, alert)).ConfigureAwait(false);
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{file}: {result.Records} records, {result.Rules.Sum(rule => rule.Alerts)} alerts{ReplayFile.Remarks(result)}")).ConfigureAwait(false);
        return result.Damage is null ? 0 : ExitDamaged;
    }

    // On the loop's thread, which waits for the reader of our output: nothing is dropped.
    private static void Write(StreamSink output, RuntimeAlerts alert)
    {
        var line = new ArrayBufferWriter<byte>(4096);
        AlertJson.WriteLine(line, alert);
        output.WriteLineAsync(line.WrittenMemory, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }
}
