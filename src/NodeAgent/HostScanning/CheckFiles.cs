// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScanning;

/// <summary>The checks and exceptions in force. Files are looked at again before each scan, and compiled when they changed. One user at a time.</summary>
internal sealed class CheckFiles(HostScanOptions options, IReadOnlyList<HostSensor> sensors, ILogger logger)
{
    private readonly HashSet<string> _said = [];
    private string? _version;

    public CheckEngine Engine { get; private set; } = CheckEngine.Compile(new CheckLibrary([], []), Array.Empty<HostSensor>());

    public CheckExceptions Exceptions { get; private set; } = CheckExceptions.None;

    public void Read()
    {
        string version = CheckLibrary.VersionOf(options.Checks);
        if (version != _version)
        {
            Engine = CheckEngine.Compile(CheckLibrary.Read(options.Checks), sensors);
            _version = version;
        }

        Exceptions = CheckExceptions.Read(options.Exceptions);
        foreach (CheckIssue issue in Engine.Issues.Concat(Exceptions.Issues))
        {
            if (_said.Add(issue.ToString()))
            {
                Log.CheckFileIssue(logger, issue.ToString());
            }
        }
    }
}
