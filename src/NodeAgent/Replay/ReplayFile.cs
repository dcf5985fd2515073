// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;
using NodeAgent.Cli;
using NodeAgent.Files;

namespace NodeAgent.Replay;

/// <summary>A recording in a file, with its faults as clear errors.</summary>
internal static class ReplayFile
{
    /// <exception cref="CommandException">The file cannot be read, or is no recording that this program knows.</exception>
    public static async Task<ReplayResult> RunAsync(string file, ReplayOptions options, Action<RuntimeAlerts> onAlert)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            return await RecordingReplay.RunAsync(stream, options, onAlert).ConfigureAwait(false);
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            throw new CommandException($"{file}: {e.Message}");
        }
        catch (FormatException e)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    /// <returns>What the user should know of the file, each part after <c>; </c>.</returns>
    public static string Remarks(ReplayResult result)
    {
        var remarks = new List<string>();
        if (result.Malformed > 0)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{result.Malformed} records do not decode"));
        }

        if (result.End is { } end && end.NotWritten + end.Lost > 0)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{end.NotWritten} entries did not fit when it was recorded, {end.Lost} events were lost"));
        }

        if (result.Damage is { } damage)
        {
            remarks.Add("the file " + damage);
        }

        return string.Concat(remarks.Select(remark => "; " + remark));
    }
}
