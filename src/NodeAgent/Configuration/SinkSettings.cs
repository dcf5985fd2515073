// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Delivery;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Configuration;

/// <summary>Reads one item of <c>alerts.sinks</c>.</summary>
internal static partial class SinkSettings
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly string[] Reserved = ["stdout", "file"];

    /// <param name="before">Those that were read already.</param>
    /// <remarks>Errors: <see cref="ConfigurationException"/>.</remarks>
    public static SinkOptions Read(SettingSection section, IEnumerable<SinkOptions> before)
    {
        string name = section.Read("name", string.Empty, Name);
        SinkType type = section.Has("type") ? section.Read("type", default, TypeOf) : throw section.Fault("type", $"is missing: one of {string.Join(", ", TypeNames)}");
        if (name.Length == 0)
        {
            name = Word(type);
        }

        if (Reserved.Contains(name) || before.Any(sink => sink.Name == name))
        {
            throw section.Fault("name", $"'{name}' is taken; each sink has a name of its own");
        }

        var sink = new SinkOptions
        {
            Name = name,
            Type = type,
            Format = Format(section, type),
            Filter = Filter(section),
            RateLimit = RateLimit(section),
            QueueCapacity = section.Read("queue", 1024, text => SettingValue.Number(text, 1, 1_000_000)),
        };
        return type is SinkType.Stdout or SinkType.File ? Local(section, sink) : Receivers.Read(section, Delivery(section, sink));
    }

    internal static string Word(SinkType type) => char.ToLowerInvariant(type.ToString()[0]) + type.ToString()[1..];

    private static IEnumerable<string> TypeNames => Enum.GetValues<SinkType>().Select(Word);

    private static SinkType TypeOf(string text) =>
        Enum.GetValues<SinkType>().Where(type => Word(type) == text).Cast<SinkType?>().FirstOrDefault()
        ?? throw new FormatException($"'{text}' is not one of {string.Join(", ", TypeNames)}");

    private static string Name(string text) =>
        NamePattern().IsMatch(text) ? text : throw new FormatException($"'{text}' is not made of letters, digits, - and _, at most 63");

    private static string Format(SettingSection section, SinkType type)
    {
        string byDefault = SinkFactory.DefaultFormat(type);
        string format = section.Read("format", byDefault, text => byDefault.Length == 0
            ? throw new FormatException($"{Word(type)} has a document of its own and no format to choose")
            : AlertFormats.Find(text) is not null ? text
            : throw new FormatException($"'{text}' is not one of {string.Join(", ", AlertFormats.All.Select(known => known.Name))}"));
        bool mustBeJson = type is SinkType.Elasticsearch;
        return mustBeJson && AlertFormats.Find(format) is { IsJson: false }
            ? throw section.Fault("format", $"'{format}' is no JSON, which {Word(type)} needs")
            : format;
    }

    private static AlertFilter Filter(SettingSection section)
    {
        if (section.Section("filter") is not { } filter)
        {
            return AlertFilter.All;
        }

        var read = new AlertFilter
        {
            MinSeverity = filter.Read("minSeverity", 0, text => SettingValue.Number(text, 0, 10)),
            Rules = filter.Texts("rules"),
            Namespaces = filter.Texts("namespaces"),
        };
        filter.Done();
        return read;
    }

    private static RateLimitOptions? RateLimit(SettingSection section)
    {
        if (section.Section("rateLimit") is not { } limit)
        {
            return null;
        }

        var read = new RateLimitOptions
        {
            Alerts = limit.Has("alerts") ? limit.Read("alerts", 0, text => SettingValue.Number(text, 1, 1_000_000)) : throw limit.Fault("alerts", "is missing"),
            Window = limit.Read("per", TimeSpan.FromMinutes(1), text => SettingValue.Duration(text, Second)),
        };
        limit.Done();
        return read;
    }

    private static SinkOptions Local(SettingSection section, SinkOptions sink) => sink.Type == SinkType.Stdout ? sink : sink with
    {
        File = new FileSinkOptions(
            AbsolutePath(section, "path") ?? throw section.Fault("path", "is missing"),
            section.Read("maxSize", 64L << 20, text => SettingValue.Size(text, 4 << 10)),
            section.Read("maxCount", 5, text => SettingValue.Number(text, 0, 1000)) + 1),
    };

    private static SinkOptions Delivery(SettingSection section, SinkOptions sink)
    {
        var retry = new RetryOptions { Timeout = section.Read("timeout", new RetryOptions().Timeout, text => SettingValue.Duration(text, Second)) };
        if (section.Section("retry") is { } retries)
        {
            retry = retry with
            {
                Least = retries.Read("least", retry.Least, text => SettingValue.Duration(text, TimeSpan.FromMilliseconds(10))),
                Most = retries.Read("most", retry.Most, text => SettingValue.Duration(text, Second)),
                MostAsked = retries.Read("mostAsked", retry.MostAsked, text => SettingValue.Duration(text, Second)),
                FailuresToOpen = retries.Read("failuresToOpen", retry.FailuresToOpen, text => SettingValue.Number(text, 1, 1000)),
            };
            retries.Done();
        }

        if (section.Section("spool") is { } spool)
        {
            sink = sink with
            {
                SpoolBytes = spool.Read("maxSize", sink.SpoolBytes, text => text == "0" ? 0 : SettingValue.Size(text, 256 << 10)),
                SpoolAge = spool.Read("maxAge", sink.SpoolAge, text => SettingValue.Duration(text, TimeSpan.FromMinutes(1))),
            };
            spool.Done();
        }

        return sink with { Retry = retry };
    }

    internal static string? AbsolutePath(SettingSection section, string name) => section.Read<string?>(name, null, text =>
        Path.IsPathFullyQualified(text) ? text : throw new FormatException($"'{text}' is not an absolute path"));

    [GeneratedRegex("^[A-Za-z0-9_-]{1,63}$")]
    private static partial Regex NamePattern();
}
