// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>Lets so many alerts through in a window, and none beyond; at its end one alert for each rule and container says how many more there were.</summary>
/// <remarks>The window begins with its first alert. Memory is bounded: rules and containers beyond the limit are told in one number. Thread-safe.</remarks>
internal sealed class AlertRateLimit : IDisposable
{
    /// <summary>Rules and containers that are told apart; they are also the most summaries of a window.</summary>
    public const int MaxGroups = 64;

    private static readonly (string Rule, string Scope) Others = (string.Empty, string.Empty);
    private readonly Lock _lock = new();
    private readonly RateLimitOptions _options;
    private readonly Action<AlertMessage> _emit;
    private readonly ITimer _timer;
    private readonly Dictionary<(string Rule, string Scope), Held> _held = [];
    private int _passed;
    private bool _isWindowOpen;
    private long _heldBack;

    public AlertRateLimit(RateLimitOptions options, Action<AlertMessage> emit, TimeProvider time)
    {
        _options = options;
        _emit = emit;
        _timer = time.CreateTimer(_ => Close(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long HeldBack => Volatile.Read(ref _heldBack);

    public bool Passes(AlertMessage message)
    {
        lock (_lock)
        {
            if (!_isWindowOpen)
            {
                _isWindowOpen = true;
                _timer.Change(_options.Window, Timeout.InfiniteTimeSpan);
            }

            if (_passed < _options.Alerts)
            {
                _passed++;
                return true;
            }

            Hold(message);
            return false;
        }
    }

    /// <summary>Ends the window and tells what it held back.</summary>
    public void Close()
    {
        (Held Held, bool IsOthers)[] held;
        lock (_lock)
        {
            held = [.. _held.Select(pair => (pair.Value, pair.Key == Others))];
            _held.Clear();
            _passed = 0;
            _isWindowOpen = false;
        }

        foreach ((Held one, bool isOthers) in held)
        {
            RuntimeAlerts summary = Summarise(one, isOthers);
            _emit(new AlertMessage(summary, AlertJson.ToLine(summary)));
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Hold(AlertMessage message)
    {
        _heldBack++;
        RuntimeAlert alert = message.Alert.Spec.Alerts[0];
        (string, string) key = (alert.RuleId, alert.ContainerId ?? alert.Arguments.CgroupPath ?? alert.NodeName ?? string.Empty);
        if (!_held.ContainsKey(key) && _held.Count >= MaxGroups - 1)
        {
            key = Others;
        }

        _held[key] = _held.TryGetValue(key, out Held? known)
            ? known with { Last = message.Alert, Count = known.Count + 1 }
            : new Held(message.Alert, message.Alert, 1);
    }

    private static RuntimeAlerts Summarise(Held held, bool isOthers)
    {
        RuntimeAlert first = held.First.Spec.Alerts[0];
        RuntimeAlert last = held.Last.Spec.Alerts[0];
        string count = held.Count.ToString(CultureInfo.InvariantCulture);
        string where = last.ContainerName ?? last.WorkloadName ?? last.Arguments.CgroupPath ?? last.NodeName ?? "this node";
        string message = isOthers ? $"{count} more of other rules and containers" : $"{count} more of {last.RuleId} in {where}";
        RuntimeAlert summary = last with
        {
            Message = message,
            Arguments = last.Arguments with
            {
                Message = message,
                AlertId = SummaryId(last, count),
                Enriched = null,
                RepeatCount = held.Count,
                FirstTime = first.Timestamp,
                LastTime = last.Timestamp,
            },
        };
        return held.Last with { Spec = held.Last.Spec with { Alerts = [summary] } };
    }

    private static string SummaryId(RuntimeAlert last, string count) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"summary\n{last.Arguments.AlertId ?? last.UniqueId}\n{last.Timestamp}\n{count}")).AsSpan(0, 16));

    private sealed record Held(RuntimeAlerts First, RuntimeAlerts Last, long Count);
}
