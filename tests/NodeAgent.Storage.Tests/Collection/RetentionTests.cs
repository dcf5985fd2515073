// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Collection;

/// <summary>What is collected when, by a cluster that is told and a clock that is set.</summary>
public abstract class RetentionTests(TestEngine engine)
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    [Fact]
    public async Task Pass_WorkloadGone_CollectsAfterTheGraceTime()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions { Grace = Grace });
        await rig.PutAsync("gone", RetentionRig.Workload("Deployment", "old"));
        await rig.PutAsync("there", RetentionRig.Workload("Deployment", "new"));
        await rig.PutAsync("unknown", RetentionRig.Workload("Rollout", "old"));
        rig.Cluster.Workloads["deployment/old"] = false;
        rig.Cluster.Workloads["deployment/new"] = true;

        await rig.PassAsync();
        rig.Time.Now += Grace - TimeSpan.FromMinutes(1);
        await rig.PassAsync();
        Assert.Equal(["gone", "there", "unknown"], rig.Names());
        rig.Time.Now += TimeSpan.FromMinutes(1);
        await rig.PassAsync();
        Assert.Equal(["there", "unknown"], rig.Names());
        Assert.Equal(("containerprofiles", "workload-gone"), Assert.Single(rig.Collected));
    }

    [Fact]
    public async Task Pass_WorkloadComesBack_BeginsTheGraceTimeAnew()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions { Grace = Grace });
        await rig.PutAsync("web", RetentionRig.Workload("Deployment", "web"));
        foreach (bool isThere in (bool[])[false, true, false])
        {
            rig.Cluster.Workloads["deployment/web"] = isThere;
            await rig.PassAsync();
            rig.Time.Now += Grace / 2;
        }

        await rig.PassAsync();
        Assert.Equal(["web"], rig.Names());
        rig.Time.Now += Grace / 2;
        await rig.PassAsync();
        Assert.Empty(rig.Names());
    }

    [Fact]
    public async Task Pass_GenerationInstanceImageAndNode_EachTellTheirReason()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions());
        rig.Options.Grace = TimeSpan.Zero;
        await rig.PutAsync("generation", RetentionRig.Workload("Deployment", "web", hash: "77b4"));
        await rig.PutAsync("instance", RetentionRig.Workload("Deployment", "web", instance: "ReplicaSet/name-web-55c"));
        await rig.PutAsync("run", RetentionRig.Workload("CronJob", "tick", instance: "Job/name-tick-1"));
        await rig.PutAsync("image", """ "annotations":{"kubescape.io/image-id":"nginx@sha256:a"}""", "sbomsyfts");
        await rig.PutAsync("wlid", """ "annotations":{"kubescape.io/wlid":"wlid://cluster-c/namespace-default/deployment-old-one"}""", "workloadconfigurationscans");
        await rig.PutAsync("node", "\"labels\":{}", "kubeletinfos");
        rig.Cluster.Workloads["deployment/web"] = true;
        rig.Cluster.Workloads["replicaset/web-55c"] = false;
        rig.Cluster.Workloads["cronjob/tick"] = true;
        rig.Cluster.Workloads["job/tick-1"] = false;
        rig.Cluster.Workloads["deployment/old-one"] = false;
        rig.Cluster.Generations["deployment/web/77b4"] = false;
        rig.Cluster.Images["nginx@sha256:a"] = false;
        rig.Cluster.Nodes["node"] = false;

        await rig.PassAsync();
        Assert.Equal(["run"], rig.Names());
        Assert.Equal(
            [("containerprofiles", "generation-gone"), ("containerprofiles", "instance-gone"), ("kubeletinfos", "node-gone"), ("sbomsyfts", "image-gone"), ("workloadconfigurationscans", "workload-gone")],
            rig.Collected.Order());
    }

    [Fact]
    public async Task Pass_WhatPeopleWrote_IsNeverTouched()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions { MaxAge = TimeSpan.FromMinutes(1) });
        rig.Options.Grace = TimeSpan.Zero;
        rig.Cluster.Workloads["deployment/old"] = false;
        await rig.PutAsync("users", RetentionRig.Workload("Deployment", "old", more: ",\"kubescape.io/managed-by\":\"User\""));
        await rig.PutAsync("authored", """ "labels":{"kubescape.io/workload-kind":"Deployment","kubescape.io/workload-name":"old"}""");
        await rig.PutAsync("default", "\"labels\":{}", "collapseconfigurations");

        await rig.PassAsync();
        rig.Time.Now += TimeSpan.FromDays(1);
        await rig.PassAsync();
        Assert.Equal(["authored", "default", "users"], rig.Names());
    }

    [Fact]
    public async Task Pass_ClusterNotReady_JudgesNothing()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions());
        rig.Options.Grace = TimeSpan.Zero;
        rig.Cluster.NotReady = "waiting for the list of pods";
        rig.Cluster.Workloads["deployment/old"] = false;
        await rig.PutAsync("kept", RetentionRig.Workload("Deployment", "old"));

        await rig.PassAsync();
        Assert.Equal(["kept"], rig.Names());
        rig.Cluster.NotReady = null;
        await rig.PassAsync();
        Assert.Empty(rig.Names());
    }

    [Fact]
    public async Task Pass_Age_CountsTheTimeThatTheStorageRan()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions { MaxAge = TimeSpan.FromHours(10) });
        await rig.PutAsync("old", RetentionRig.Workload("Deployment", "a"));
        await rig.PassAsync();
        rig.Time.Now += TimeSpan.FromHours(6);
        await rig.PutAsync("young", RetentionRig.Workload("Deployment", "b"));

        // Another run of the storage: what lies between two runs makes nothing older.
        await rig.RestartAsync();
        rig.Time.Now += TimeSpan.FromHours(6);
        await rig.PassAsync();
        Assert.Equal(["old", "young"], rig.Names());
        rig.Time.Now += TimeSpan.FromHours(2);
        await rig.PassAsync();
        Assert.Equal(["young"], rig.Names());
        Assert.Equal(("containerprofiles", "age"), Assert.Single(rig.Collected));
        rig.Time.Now += TimeSpan.FromHours(9);
        await rig.PassAsync();
        Assert.Empty(rig.Names());
    }

    [Fact]
    public async Task Pass_OfSeveralReplicas_OneCollectsUntilItIsAway()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions { Interval = TimeSpan.FromMinutes(10) });
        var first = new StoreLease(rig.Store, "collector", TimeSpan.FromMinutes(30), rig.Time);
        var second = new StoreLease(rig.Store, "collector", TimeSpan.FromMinutes(30), rig.Time);

        Assert.True(await first.HoldAsync(CancellationToken.None));
        Assert.False(await second.HoldAsync(CancellationToken.None));
        rig.Time.Now += TimeSpan.FromMinutes(29);
        Assert.True(await first.HoldAsync(CancellationToken.None));
        rig.Time.Now += TimeSpan.FromMinutes(29);
        Assert.False(await second.HoldAsync(CancellationToken.None));
        rig.Time.Now += TimeSpan.FromMinutes(31);
        Assert.True(await second.HoldAsync(CancellationToken.None));
        Assert.False(await first.HoldAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Pass_EachKind_IsMeasured()
    {
        await using RetentionRig rig = await RetentionRig.StartAsync(engine, new RetentionOptions());
        await rig.PutAsync("a", RetentionRig.Workload("Deployment", "a"));
        await rig.PutAsync("b", RetentionRig.Workload("Deployment", "b"));
        await rig.PassAsync();

        (_, long objects, long bytes) = Assert.Single(rig.Sizes, size => size.Resource == "containerprofiles");
        Assert.Equal(2, objects);
        Assert.InRange(bytes, 400, 4000);
    }
}

public sealed class SqliteRetentionTests() : RetentionTests(new SqliteEngine());

public sealed class PostgresRetentionTests(PostgresCluster cluster) : RetentionTests(new PostgresEngine(cluster));
