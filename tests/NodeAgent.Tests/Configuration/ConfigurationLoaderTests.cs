// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;

namespace NodeAgent.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_Nothing_GivesDefaults()
    {
        AgentOptions options = ConfigurationLoader.Load(null, None, None);

        Assert.Equal(TimeSpan.FromHours(24), options.Profiles.LearningPeriod);
        Assert.Equal(4L << 20, options.Bpf.ShardRingBytes);
    }

    [Fact]
    public void Load_FileEnvironmentAndFlag_LaterWins()
    {
        File.WriteAllText(_file, "profiles:\n  learningPeriod: 1h\n  updateInterval: 5s\nrules:\n  cooldown: 3m\n");
        var environment = new Dictionary<string, string>
        {
            ["NODE_AGENT_PROFILES_LEARNING_PERIOD"] = "2h",
            ["NODE_AGENT_RULES_COOLDOWN"] = "4m",
            ["PATH"] = "/bin",
        };
        var flags = new Dictionary<string, string> { ["profiles.learningPeriod"] = "1m30s" };

        AgentOptions options = ConfigurationLoader.Load(_file, environment, flags);

        Assert.Equal(TimeSpan.FromSeconds(90), options.Profiles.LearningPeriod);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Profiles.UpdateInterval);
        Assert.Equal(TimeSpan.FromMinutes(4), options.Rules.Cooldown);
    }

    [Fact]
    public void Load_JsonFile_IsRead()
    {
        File.WriteAllText(_file, """{"alerts": {"stdout": false, "fileMaxSize": "1MiB"}, "bpf": {"disabledSensors": ["dns", "udp"]}}""");

        AgentOptions options = ConfigurationLoader.Load(_file, None, None);

        Assert.False(options.Alerts.Stdout);
        Assert.Equal(1L << 20, options.Alerts.FileMaxBytes);
        Assert.Equal(["dns", "udp"], options.Bpf.DisabledSensors);
    }

    [Fact]
    public void Load_SensorVariants_AreReadFromFileVariableAndFlag()
    {
        File.WriteAllText(_file, "bpf:\n  sensorVariants: [file=lsm, tcp=fentry]\n");
        var environment = new Dictionary<string, string> { ["NODE_AGENT_BPF_SENSOR_VARIANTS"] = " file = fentry ,dns=cgroup" };
        var flags = new Dictionary<string, string> { ["bpf.sensorVariants"] = "file=tracepoint" };

        Assert.Equal(new Dictionary<string, string> { ["file"] = "lsm", ["tcp"] = "fentry" }, ConfigurationLoader.Load(_file, None, None).Bpf.SensorVariants);
        Assert.Equal(new Dictionary<string, string> { ["file"] = "fentry", ["dns"] = "cgroup" }, ConfigurationLoader.Load(_file, environment, None).Bpf.SensorVariants);
        Assert.Equal(new Dictionary<string, string> { ["file"] = "tracepoint" }, ConfigurationLoader.Load(_file, environment, flags).Bpf.SensorVariants);
    }

    [Theory]
    [InlineData("profiles:\n  learningPeriods: 1h\n", "unknown setting 'profiles.learningPeriods'")]
    [InlineData("learningPeriod: 1h\n", "did you mean 'profiles.learningPeriod'")]
    [InlineData("profiles:\n  learningPeriod: 1 hour\n", "setting 'profiles.learningPeriod'")]
    [InlineData("profiles:\n  learningPeriod: 0s\n", "is not at least 1s")]
    [InlineData("profiles:\n  learningPeriod: {a: b}\n", "setting 'profiles.learningPeriod'")]
    [InlineData("profiles: 5\n", "unknown setting 'profiles'")]
    [InlineData("bpf:\n  shardRingSize: 3MiB\n", "is not a power of two")]
    [InlineData("bpf:\n  shards: 3\n", "is not 0 or a power of two")]
    [InlineData("bpf:\n  sensorVariants: [file]\n", "'file' is not of the shape sensor=variant")]
    [InlineData("bpf:\n  sensorVariants: [file=]\n", "'file=' is not of the shape sensor=variant")]
    [InlineData("bpf:\n  sensorVariants: [file=lsm, file=fentry]\n", "'file' is there twice")]
    [InlineData("operations:\n  address: localhost\n", "setting 'operations.address'")]
    [InlineData("alerts:\n  stdout: maybe\n", "'maybe' is not true or false")]
    [InlineData("logLevel: 3\n", "setting 'logLevel'")]
    [InlineData("- a\n- b\n", "expected a mapping")]
    [InlineData("a: [1\n", "line 2")]
    [InlineData("k: [a\n'b']", "no YAML")]
    [InlineData("? [x]\n: y\n", "unknown setting '?'")]
    public void Load_BadFile_NamesTheKeyAndTheReason(string text, string expected)
    {
        File.WriteAllText(_file, text);

        ConfigurationException e = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_file, None, None));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(_file, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Load_MissingFile_NamesIt()
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load("/does/not/exist.yaml", None, None));

        Assert.Contains("/does/not/exist.yaml", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownVariable_IsAnErrorButServiceLinksAreNot()
    {
        var links = new Dictionary<string, string> { ["NODE_AGENT_SERVICE_HOST"] = "10.0.0.1", ["NODE_AGENT_PORT_80_TCP_ADDR"] = "10.0.0.1" };
        ConfigurationLoader.Load(null, links, None);

        var unknown = new Dictionary<string, string> { ["NODE_AGENT_LEARNING"] = "1h" };
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(null, unknown, None));

        Assert.Contains("NODE_AGENT_LEARNING", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_ShownValue_IsReadBackAsItself()
    {
        foreach (Setting<AgentOptions> setting in Settings.All)
        {
            var options = new AgentOptions();
            string shown = setting.Show(options);
            if (shown.Length > 0)
            {
                setting.Apply(options, shown);
            }

            Assert.Equal(shown, setting.Show(options));
        }
    }

    [Fact]
    public void All_KeysFlagsAndVariables_AreUnique()
    {
        Assert.Equal(Settings.All.Count, Settings.All.Select(s => s.Key).Distinct().Count());
        Assert.Equal(Settings.All.Count, Settings.All.Select(s => s.Flag).Distinct().Count());
        Assert.Equal(Settings.All.Count, Settings.All.Select(s => s.EnvironmentVariable).Distinct().Count());
    }
}
